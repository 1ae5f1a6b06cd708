import { describe, expect, it } from 'vitest';
import { readChanges } from '../../src/feed/changes.ts';
import { createFeedReading } from '../../src/worker/reading/feed-reading.ts';
import { fullSync } from '../../src/worker/reading/sync.ts';
import { workContext } from '../../src/worker/make-work-context.ts';
import { engines } from '../databases.ts';
import { readAll } from '../feed/reading.ts';
import { callsOf, draft, okta, openStage, until, W, type Stage } from './stage.ts';

const BOSS = 'boss@x.test';
const JANE = 'jane@x.test';
const MODE = {
  members: [
    { email: BOSS, admin: true },
    { email: JANE, last_active_at: '2026-03-04T05:06:07.000Z', member_token: 'aaaa00000001' },
  ],
  groups: [{ name: 'Team', members: [JANE] }],
  spaces: [
    {
      name: 'Sales',
      token: 'cccc00000001',
      default_access_level: 'view' as const,
      permissions: [
        { action: 'view', group: 'Team' },
        { action: 'edit', email: JANE },
      ],
    },
    { name: 'Secret', space_type: 'private' as const },
  ],
  data_sources: [
    { name: 'Warehouse', token: 'dddd00000001', permissions: [{ action: 'manage', email: BOSS }] },
  ],
};
const BOTH = { permissions: true, activity: true };
const HOUR = 60 * 60_000;
const never = new AbortController().signal;

/** Reads Mode, and then what the feed needs of it. */
async function look(stage: Stage, feed = BOTH): Promise<void> {
  await fullSync(stage.context, never);
  const reading = createFeedReading({ ...stage.context, feed, holdsWorkspace: () => true });
  reading.begin();
  await reading.settled();
}

async function told(stage: Stage) {
  const snapshot = await stage.store.feed.takeSnapshot(W, stage.clock);
  const [accounts, groups] = [await readAll(snapshot, 'accounts'), await readAll(snapshot, 'groups')];
  const names = new Map([...accounts, ...groups].map(({ id, name }) => [id, name ?? id]));
  const emails = new Map(accounts.map(({ id, email }) => [id, email]));
  const grants = (await readAll(snapshot, 'grants'))
    .filter(({ entitlementId }) => /^(collection|data_source):/.test(entitlementId))
    .map(({ entitlementId, principal }) => {
      return `${entitlementId} ${emails.get(principal.id) ?? names.get(principal.id) ?? ''}`;
    })
    .sort();
  return { snapshot, accounts, resources: await readAll(snapshot, 'resources'), grants };
}

/** In Mode itself, as a person does it there. */
async function atMode(stage: Stage, method: string, path: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`;
  const answer = await fetch(`${stage.sandbox.url}/api/${W}${path}`, { method, headers: { authorization } });
  return answer.json();
}

describe.each(engines)('reads only for the feed, on %s', (engine) => {
  it('is read by a running bridge: resources, who may do what with them, and when people were last active', async () => {
    const stage = await openStage({ engine, mode: MODE, options: { feed: BOTH } });
    stage.start();
    await until(async () => (await told(stage)).accounts.some((account) => account.lastActiveAt !== null));
    const { resources, grants, accounts } = await told(stage);
    expect(resources).toEqual([
      { type: 'collection', id: 'cccc00000001', name: 'Sales', defaultAccess: 'view' },
      { type: 'data_source', id: 'dddd00000001', name: 'Warehouse', defaultAccess: null },
    ]);
    expect(grants).toEqual([
      `collection:cccc00000001:edit ${JANE}`,
      'collection:cccc00000001:view Team',
      `data_source:dddd00000001:manage ${BOSS}`,
    ]);
    const jane = accounts.find((account) => account.email === JANE);
    expect(jane?.lastActiveAt).toBe(Date.parse('2026-03-04T05:06:07.000Z'));
  });

  it('is logged as changes: granted, revoked and deleted', async () => {
    const stage = await openStage({ engine, mode: MODE });
    await look(stage);
    const { snapshot, accounts } = await told(stage);
    const jane = accounts.find((account) => account.email === JANE)?.id ?? '';
    const list = (await atMode(stage, 'GET', '/spaces/cccc00000001/permissions')) as {
      _embedded: { space_entitlements: { token: string; accessor_type: string }[] };
    };
    const hers = list._embedded.space_entitlements.find((one) => one.accessor_type === 'Account');
    await atMode(stage, 'DELETE', `/spaces/cccc00000001/permissions/${hers?.token ?? ''}`);
    await look(stage);
    const first = await changesAfter(stage, snapshot.position);
    expect(first.tombstones).toEqual([{ type: 'grant', id: `collection:cccc00000001:edit:account:${jane}` }]);

    await atMode(stage, 'DELETE', '/spaces/cccc00000001');
    await look(stage);
    stage.advance(6 * 60_000);
    await look(stage);
    const second = await changesAfter(stage, first.next);
    expect(second.tombstones).toEqual([{ type: 'collection', id: 'cccc00000001' }]);
    expect((await told(stage)).grants).toEqual([`data_source:dddd00000001:manage ${BOSS}`]);
  });

  it('stays as it was while Mode refuses it, and nothing else waits for it', async () => {
    const stage = await openStage({ engine, mode: MODE, options: { feed: BOTH } });
    await look(stage);
    const before = await told(stage);
    stage.sandbox.control.set({
      faults: [
        { for_requests: 1_000, path: `/api/${W}/spaces`, status: 403 },
        { for_requests: 1_000, path: `/api/${W}/data_sources`, body: 'html' },
      ],
    });
    await stage.users.create(okta, draft('new@x.test'));
    stage.start();
    await until(() => (callsOf(stage)['POST /api/acme/invites'] ?? 0) > 0);
    await until(() => (callsOf(stage)[`GET /api/${W}/data_sources`] ?? 0) > 1);
    await stage.quiet();
    const after = await told(stage);
    expect(after.resources).toEqual(before.resources);
    expect(after.grants).toEqual(before.grants);
  });

  it('is forgotten when it is not read any more', async () => {
    const stage = await openStage({ engine, mode: MODE });
    await look(stage);
    await look(stage, { permissions: false, activity: false });
    const { resources, grants, accounts } = await told(stage);
    expect([resources, grants]).toEqual([[], []]);
    expect(accounts.every((account) => account.lastActiveAt === null)).toBe(true);
  });
});

describe('reads only for the feed', () => {
  it('is not asked for, and no token is made for it, unless the settings say so', async () => {
    const stage = await openStage({ mode: MODE });
    await look(stage, { permissions: false, activity: false });
    const routes = Object.keys(callsOf(stage));
    expect(routes.filter((route) => /spaces|data_sources|batch/.test(route))).toEqual([]);
    expect(routes.filter((route) => !route.startsWith('GET '))).toEqual([]);
  });

  it('costs one list of people a day with Discovery, and is unknown without it', async () => {
    const stage = await openStage({ mode: MODE });
    const reading = createFeedReading({
      ...workContext({ ...stage.context, workspaceLease: { isHeldFor: () => true } } as never),
      feed: BOTH,
    });
    const read = async () => {
      reading.begin();
      await reading.settled();
    };
    await read();
    stage.advance(HOUR);
    await read();
    expect(callsOf(stage)[`GET /batch/${W}/members`]).toBe(1);
    stage.advance(24 * HOUR);
    await read();
    expect(callsOf(stage)[`GET /batch/${W}/members`]).toBe(2);

    const without = await openStage({ mode: MODE, settings: { quirks: { discovery: 'refused' } } });
    await look(without);
    const { accounts } = await told(without);
    expect(accounts.every((account) => account.lastActiveAt === null)).toBe(true);
    expect(callsOf(without)[`POST /batch/${W}/signature_tokens`]).toBe(1);
  });
});

function changesAfter(stage: Stage, after: number) {
  return readChanges(stage.store.feed, stage.clock, { workspace: W, after, limit: 1_000, waitMs: 0 }, never);
}

it('rows of permissions that are not understood are logged once, kept for operators, and take nothing away', async () => {
  const warned: object[] = [];
  const state = { odd: false };
  const stage = await openStage({
    mode: MODE,
    target: (real) => ({
      ...real,
      readPermissions: async (kind) => {
        const read = await real.readPermissions(kind);
        if (!state.odd || kind !== 'collection') return read;
        const unread = new Set(read.resources.map((resource) => resource.token));
        return { ...read, permissions: [], unread, notUnderstood: 2 };
      },
    }),
    options: {
      log: {
        info: () => undefined,
        error: () => undefined,
        warn: (fields, message) => {
          if (message.includes('does not know')) warned.push(fields);
        },
      },
    },
  });
  await look(stage);
  const before = (await told(stage)).grants;
  state.odd = true;
  await look(stage);
  await look(stage);
  expect((await told(stage)).grants).toEqual(before);
  expect(warned).toEqual([{ kind: 'collection', rows: 2 }]);
  expect(await stage.store.status.facts(W)).toMatchObject({ collectionRowsNotUnderstood: 2 });
  state.odd = false;
  await look(stage);
  expect(await stage.store.status.facts(W)).toMatchObject({ collectionRowsNotUnderstood: 0 });
});
