/** One bridge for two workspaces, from a configuration file: what is pushed into each arrives there, and only there. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freshDatabase } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, ROOMY, run as runProcess, start } from './boot.ts';
import { client, person } from './client.ts';
import { eventually } from './eventually.ts';
import { control } from './mode-state.ts';

const KEYS = {
  MODE_API_KEY: 'sandbox',
  MODE_API_SECRET: 'sandbox',
  MODE_INVITER_KEY: 'inviter',
  MODE_INVITER_SECRET: 'inviter',
};
const TOKENS = {
  ACME_OKTA: 'scim-token-of-acme-okta',
  ACME_ENTRA: 'scim-token-of-acme-entra',
  GLOBEX_OKTA: 'scim-token-of-globex-okta',
  ACME_FEED: 'feed-token-of-acme-01',
  GLOBEX_FEED: 'feed-token-of-globex-1',
};
const ENVIRONMENT = { ...TOKENS, KEY: 'sandbox', INVITER: 'inviter' };
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function sandboxOf(workspace: string): Promise<string> {
  const environment = { SANDBOX_PORT: '0', SANDBOX_PROFILE: 'kind', MODE_WORKSPACE: workspace, ...KEYS };
  const settings = JSON.stringify({ ...ROOMY, auto_accept_seconds: 0 });
  const running = await start(
    ['sandbox', '--settings', settings],
    { ...environment, LOG_LEVEL: 'warn' },
    'Sandbox URL',
  );
  closing.push(() => running.stop());
  return running.told('Sandbox URL');
}

function fileOf(urls: Readonly<Record<'acme' | 'globex', string>>, database: string): string {
  const mode = (url: string) =>
    `{ base_url: "${url}", api_key: { env: KEY }, api_secret: { env: KEY }, inviter_key: { env: INVITER }, inviter_secret: { env: INVITER }, requests_per_second: 500 }`;
  const path = join(mkdtempSync(join(tmpdir(), 'bridge-two-')), 'bridge.yaml');
  writeFileSync(
    path,
    `server: { host: 127.0.0.1, port: 0, admin_port: 0, database: "${database}" }
workspaces:
  - slug: acme
    target: mode
    mode: ${mode(urls.acme)}
    tokens: { feed: { env: ACME_FEED } }
    connections:
      - { name: okta, tokens: { scim: { env: ACME_OKTA } } }
      - { name: entra, tokens: { scim: { env: ACME_ENTRA } } }
  - slug: globex
    target: mode
    mode: ${mode(urls.globex)}
    tokens: { feed: { env: GLOBEX_FEED } }
    connections:
      - { name: okta, tokens: { scim: { env: GLOBEX_OKTA } } }
`,
  );
  return path;
}

async function membersOf(sandbox: string): Promise<readonly string[]> {
  const { members } = (await control(sandbox, 'GET', 'state')) as { members: { email: string }[] };
  return members.map(({ email }) => email);
}

it('serves two workspaces, each with its own Mode', async () => {
  const urls = { acme: await sandboxOf('acme'), globex: await sandboxOf('globex') };
  const file = fileOf(urls, await freshDatabase('sqlite'));
  const settings = { ...ENVIRONMENT, BRIDGE_CONFIG: file };
  const bridge = await start(['serve'], settings, 'Try it:');
  closing.push(() => bridge.stop());
  const scim = (token: string) => client(bridge.told('SCIM Base URL'), token);

  for (const [token, email] of [
    [TOKENS.ACME_OKTA, 'only-acme@x.test'],
    [TOKENS.ACME_ENTRA, 'entra@x.test'],
    [TOKENS.GLOBEX_OKTA, 'only-globex@x.test'],
    [TOKENS.ACME_OKTA, 'both@x.test'],
    [TOKENS.GLOBEX_OKTA, 'both@x.test'],
  ] as const)
    expect((await scim(token)('POST', '/Users', person(email))).status).toBe(201);
  const taken = await scim(TOKENS.ACME_ENTRA)('POST', '/Users', person('both@x.test'));
  expect([taken.status, taken.body['detail']]).toEqual([409, expect.stringContaining('acme:okta') as string]);
  await eventually(async () => {
    expect(await membersOf(urls.acme)).toEqual(
      expect.arrayContaining(['only-acme@x.test', 'entra@x.test', 'both@x.test']),
    );
    expect(await membersOf(urls.globex)).toEqual(
      expect.arrayContaining(['only-globex@x.test', 'both@x.test']),
    );
  });
  expect(await membersOf(urls.acme)).not.toContain('only-globex@x.test');
  expect(await membersOf(urls.globex)).not.toContain('only-acme@x.test');

  const accounts = async (token: string) =>
    JSON.stringify((await client(bridge.told('Feed URL'), token)('GET', '/accounts')).body);
  expect(await accounts(TOKENS.ACME_FEED)).toContain('only-acme@x.test');
  expect(await accounts(TOKENS.ACME_FEED)).not.toContain('only-globex@x.test');
  expect(await accounts(TOKENS.GLOBEX_FEED)).toContain('only-globex@x.test');

  const metrics = await (await fetch(`${bridge.told('Admin URL')}/metrics`)).text();
  for (const workspace of ['acme', 'globex'])
    expect(metrics).toContain(`bridge_mode_failing{workspace="${workspace}"} 0`);

  const both = await run(['status'], settings);
  expect(both.stdout).toMatch(/^workspace {3}acme$[^]*^workspace {3}globex$/m);
  expect(both.stdout).toContain('connection  entra: live');
  const unclear = await run(['invites'], settings);
  expect([unclear.code, unclear.stderr]).toEqual([
    2,
    'There are several workspaces. Choose one with --workspace: acme, globex.\n',
  ]);
  expect((await run(['invites', '--workspace', 'globex'], settings)).code).toBe(0);
  const refused = await run(['connections', 'pause', 'entra'], settings);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`The file ${file} lists`)]);
  const checked = await run(['check-config'], settings);
  expect(checked.stdout).toMatch(/^workspaces\[1\]\.slug +globex {2}\(.*bridge\.yaml:10\)$/m);
  expect(checked.stdout).not.toContain('scim-token-of');
}, 120_000);

it('with several workspaces in the simulated Mode, each is bridged with tokens of its own', async () => {
  const environment = {
    BRIDGE_DATABASE_URL: await freshDatabase('sqlite'),
    SANDBOX_WORKSPACES: 'acme,globex',
    LOG_LEVEL: 'error',
  };
  const bridge = await bootBridge(environment);
  closing.push(() => bridge.stop());
  expect(bridge.stdout()).toContain('Workspaces       acme, globex');
  const token = /^SCIM token +globex, default: (\S+)/m.exec(bridge.stdout())?.[1];
  const push = client(bridge.told('SCIM Base URL'), token);
  expect((await push('POST', '/Users', person('jane@globex.test'))).status).toBe(201);
  const mode = bridge.told('Sandbox URL');
  const invited = async (workspace: string) =>
    JSON.stringify(await (await fetch(`${mode}/_sandbox/${workspace}/state`)).json());
  await eventually(async () => {
    expect(await invited('globex')).toContain('jane@globex.test');
  });
  expect(await invited('acme')).not.toContain('jane@globex.test');

  const status = await run(['status', '--workspace', 'globex'], environment);
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('globex') as string });
});

it('"sync --once" names the connection that it pauses because the file no longer lists it', async () => {
  const url = await sandboxOf('acme');
  const file = fileOf({ acme: url, globex: url }, await freshDatabase('sqlite'));
  const settings = { ...ENVIRONMENT, BRIDGE_CONFIG: file };
  // As a process: the warning is a line of its log.
  const sync = () => runProcess(['sync', '--once', '--workspace', 'acme'], settings);
  const listed = await sync();
  expect([listed.code, listed.stdout + listed.stderr]).toEqual([0, expect.not.stringContaining('paused')]);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/.*name: entra.*\n/, ''));
  const { code, stdout, stderr } = await sync();
  expect(code).toBe(0);
  const warnings = (stdout + stderr).split('\n').filter((line) => line.includes('is paused'));
  expect(warnings).toHaveLength(1);
  expect(JSON.parse(warnings[0] ?? '')).toMatchObject({ workspace: 'acme', connection: 'entra', file });
  expect((await run(['connections', 'list', '--workspace', 'acme'], settings)).stdout).toMatch(
    /entra.*paused/,
  );
});
