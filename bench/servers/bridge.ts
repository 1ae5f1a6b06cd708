/**
 * The bridge as it is run: a process of its own, its log on, its tokens on, every commit synced to disk. Mode is an
 * address where nobody answers, so that what is measured is SCIM and the store.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { fillStore } from '../fill-store.ts';
import { FEED_TOKEN, TOKEN, type Scale } from '../scale.ts';
import { startProgram, type Program } from './program.ts';

/** As "npm start" has them. */
function startArguments(): readonly string[] {
  const [, ...args] = manifest.scripts.start.split(' ');
  return args;
}

/** @param databaseUrl an empty PostgreSQL database; undefined: an SQLite file of its own */
export async function startBridge(scale: Scale, databaseUrl: string | undefined): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const url = databaseUrl ?? `sqlite:${join(folder, 'bridge.db')}`;
  await fillStore(url, scale);
  const program = await startFilledBridge(url);
  return {
    ...program,
    stop: async () => {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * On a database that is filled already.
 * @param settings besides, or in place of those of every benchmark
 */
export function startFilledBridge(
  url: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startProgram(
    startArguments(),
    {
      BRIDGE_DATABASE_URL: url,
      BRIDGE_HOST: '127.0.0.1',
      BRIDGE_PORT: '0',
      BRIDGE_ADMIN_PORT: '0',
      BRIDGE_SCIM_TOKEN: TOKEN,
      BRIDGE_FEED_TOKEN: FEED_TOKEN,
      MODE_BASE_URL: 'http://127.0.0.1:9',
      MODE_WORKSPACE: 'bench',
      MODE_API_KEY: 'nobody',
      MODE_API_SECRET: 'nobody',
      ...settings,
    },
    /SCIM Base URL\s+(\S+)/,
  );
}
