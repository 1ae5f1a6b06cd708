/** The package that `npm pack` makes is the whole program, and needs what package.json says and nothing else. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { start, TOKENS } from '../acceptance/boot.ts';
import { memoryFolder } from '../memory-folder.ts';

const runFile = promisify(execFile);

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** As an installation leaves it, without the network: packages that only the development needs are not there. */
async function install(): Promise<string> {
  const folder = await mkdtemp(join(memoryFolder(), 'bridge-package-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await runFile('npm', ['pack', '--pack-destination', folder, '--loglevel', 'error']);
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  await runFile('tar', ['-xzf', join(folder, `mode-scim-bridge-${version}.tgz`), '-C', folder]);
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lockfile;
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    if (path === '' || dev === true || devOptional === true || path.slice(1).includes('node_modules'))
      continue;
    await mkdir(dirname(join(folder, 'package', path)), { recursive: true });
    await symlink(resolve(path), join(folder, 'package', path), 'dir');
  }
  return join(folder, 'package', 'dist', 'main.js');
}

it('an installed package serves SCIM, searches, and exports the feed, from JavaScript alone', async () => {
  const program = await install();
  const environment = {
    BRIDGE_DATABASE_URL: `sqlite:${join(dirname(program), 'bridge.db')}`,
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    SANDBOX_PORT: '0',
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
  };
  const bridge = await start(['serve'], environment, 'Try it:', program);
  onTestFinished(() => bridge.kill());
  const get = async (url: string, token: string) => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  const scim = bridge.told('SCIM Base URL');
  // Without an index: in a thread.
  const filter = encodeURIComponent('name.familyName co "nobody"');
  expect(String(await get(`${scim}/Users?filter=${filter}`, TOKENS.scim))).toContain('"totalResults":0');
  // The copy of the state, and the indexes of a c1z file: two more threads.
  const feed = new URL('/feed/v1/export/c1z', scim).href;
  expect((await get(feed, TOKENS.feed)).subarray(0, 5).toString()).toBe('C1ZF\0');
  expect(await bridge.stop()).toBe(0);
});
