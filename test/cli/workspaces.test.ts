/** Commands on a database: which workspace they are about. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import { FEED_FORMATS } from '../../src/feed/formats.ts';
import type { Store } from '../../src/store/open-store.ts';
import { defaultConnection } from '../access.ts';
import { engines, freshDatabase } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { draft } from '../worker/stage.ts';
import { run } from './run-here.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const MODE = { MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' };

/** A user of the workspace, and an open task for them with the same id. */
async function addTask(store: Store, workspace: string, id: string): Promise<void> {
  const connection = { id: workspace, workspace, name: workspace, state: 'live' } as const;
  const { write } = createUser(id, draft(`${id}@x.test`), { connection, at: 1 });
  await store.directory.commit(write);
  const words = {
    what: [reason('task_make_admin', { account: id })],
    why: 'Refused.',
    link: 'https://mode.test',
  };
  await store.tasks.write({
    workspace,
    subject: { kind: 'user', id },
    at: 2,
    open: [{ id, action: 'make_admin', triedAt: null, ...words }],
    update: [],
    done: [],
  });
}

it('"holds approve" accepts ids of any workspace, and needs a workspace for everything else', async () => {
  const url = await freshDatabase('sqlite');
  const store = await storeAt(url);
  for (const workspace of ['first', 'second']) {
    const connection = { id: workspace, workspace, name: workspace, state: 'live' } as const;
    await store.access.addConnection({ ...connection, createdAt: 1 });
    const of = { workspace, connectionId: workspace, subject: { kind: 'user', id: workspace } } as const;
    const why = reason('too_many_removals', { count: 5, percent: 10, minutes: 60 });
    const hold = { operation: 'remove_member', name: 'ana@x.test', group: null, reason: why } as const;
    await store.provisioning.syncHolds(of, [{ ...hold, key: 'a' }], 1);
  }
  const undecided = async () =>
    [
      ...Object.entries(await store.holds.openByConnection('first')),
      ...Object.entries(await store.holds.openByConnection('second')),
    ]
      .map(([name, count]) => `${name} ${String(count)}`)
      .join();
  const environment = { BRIDGE_DATABASE_URL: url, MODE_WORKSPACE: 'first', ...MODE };
  for (const choice of [['--all'], ['--name', 'ana@x.test']])
    expect(await run(['holds', 'approve', ...choice], environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Choose one with --workspace') as string,
    });
  expect(await undecided()).toBe('first 1,second 1');
  const [held] = await store.holds.list('second', { limit: 1 });
  expect((await run(['holds', 'reject', held?.id ?? ''], environment)).code).toBe(0);
  expect(await undecided()).toBe('first 1,second 0');
  expect((await run(['holds', 'approve', '--all', '--workspace', 'first'], environment)).code).toBe(0);
  expect(await undecided()).toBe('first 0,second 0');
  expect((await run(['holds', 'list', '--connection', 'second'], environment)).stdout).toContain('rejected');
});

it.each(engines)('"tasks close" closes a task in whichever workspace has it, on %s', async (engine) => {
  const url = await freshDatabase(engine);
  const store = await storeAt(url);
  for (const workspace of ['first', 'second', 'third']) {
    const connection = { id: workspace, workspace, name: workspace, state: 'live' } as const;
    await store.access.addConnection({ ...connection, createdAt: 1 });
  }
  for (const workspace of ['first', 'second', 'third']) await addTask(store, workspace, `of-${workspace}`);
  const open = async () => {
    const counts = ['first', 'second', 'third'].map((workspace) => store.tasks.count(workspace));
    return Promise.all(counts);
  };
  const environment = { BRIDGE_DATABASE_URL: url, MODE_WORKSPACE: 'first', ...MODE };

  expect(await run(['tasks', 'close', 'of-second'], environment)).toMatchObject({ code: 0, stderr: '' });
  expect(await open()).toEqual([1, 0, 1]);
  expect(await run(['tasks', 'close', 'of-third'], environment)).toMatchObject({ code: 0, stderr: '' });
  expect(await open()).toEqual([1, 0, 0]);
  const again = await run(['tasks', 'close', 'of-third'], environment);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('no open task') as string });
  expect(await open()).toEqual([1, 0, 0]);
});

it.each([
  [['status']],
  [['tokens', 'list']],
  [['connections', 'list']],
  [['connections', 'add', 'okta']],
  [['drift']],
  [['feed', 'export', '--out', join(tmpdir(), 'never')]],
])('%j refuses an SQLite file that does not exist, and does not make it', async (args) => {
  const path = join(mkdtempSync(join(tmpdir(), 'bridge-cli-')), 'mistyped', 'bridge.db');
  const { code, stdout, stderr } = await run(args, { BRIDGE_DATABASE_URL: `sqlite:${path}` });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^The database file .* does not exist\. Check the path .*"serve" or "migrate"\.\n$/);
  expect(existsSync(dirname(path))).toBe(false);
});

it('"migrate" makes an SQLite database that does not exist', async () => {
  const environment = {
    BRIDGE_DATABASE_URL: `sqlite:${join(mkdtempSync(join(tmpdir(), 'bridge-cli-')), 'new', 'bridge.db')}`,
  };
  expect(await run(['migrate'], environment)).toMatchObject({ code: 0, stderr: '' });
  expect(await run(['status'], environment)).toMatchObject({ code: 0, stderr: '' });
});

it('"connections list" and "tokens list" have a header and even columns', async () => {
  const url = await freshDatabase('sqlite');
  const store = await storeAt(url);
  await defaultConnection(store);
  const environment = { BRIDGE_DATABASE_URL: url };
  await run(['connections', 'add', 'a-much-longer-name', '--state', 'shadow'], environment);
  await run(['tokens', 'create', 'scim', '--connection', 'a-much-longer-name'], environment);
  await run(['tokens', 'create', 'feed', '--label', 'reader'], environment);
  expect((await run(['connections', 'list'], environment)).stdout.split('\n')).toEqual([
    'workspace  name                state   id',
    'acme       a-much-longer-name  shadow  acme:a-much-longer-name',
    'acme       default             live    default',
    '',
  ]);
  const [header = '', ...rows] = (await run(['tokens', 'list'], environment)).stdout.trim().split('\n');
  expect(header).toMatch(/^id +kind {2}workspace {2}connection +prefix +created +state {2}label$/);
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.indexOf('valid')).toBe(header.indexOf('state'));
});

it('the help of an export lists every format', async () => {
  for (const command of ['export', 'serve']) {
    const { stdout } = await run(['feed', command, '--help'], {});
    for (const { name } of FEED_FORMATS) expect(stdout).toContain(name);
  }
});

it('"drift" refuses --connection without --set', async () => {
  const environment = { BRIDGE_DATABASE_URL: await freshDatabase('sqlite') };
  const { code, stderr } = await run(['drift', '--connection', 'nope'], environment);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--connection needs --set')]);
});

it('"feed export" exports the workspace of the database, whatever MODE_WORKSPACE says', async () => {
  const url = await freshDatabase('sqlite');
  const store = await storeAt(url);
  const connection = await defaultConnection(store);
  await store.directory.commit(createUser('jane', draft('jane@x.test'), { connection, at: 1 }).write);
  const out = join(mkdtempSync(join(tmpdir(), 'bridge-cli-')), 'export.json');
  const environment = { BRIDGE_DATABASE_URL: url, MODE_WORKSPACE: 'elsewhere', ...MODE };
  const args = ['feed', 'export', '--format', 'json', '--out', out];
  expect(await run(args, environment)).toMatchObject({ code: 0, stderr: '' });
  const text = readFileSync(out, 'utf8');
  expect(text).toContain('jane@x.test');
  expect(text).toContain('acme');
  expect(text).not.toContain('elsewhere');
});
