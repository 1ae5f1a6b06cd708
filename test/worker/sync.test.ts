import { describe, expect, it } from 'vitest';
import { TargetError } from '../../src/provisioning/ports/target.ts';
import { showUnmanaged } from '../../src/worker/reading/show-unmanaged.ts';
import { fullSync } from '../../src/worker/reading/sync.ts';
import { engines } from '../databases.ts';
import { callsOf, draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const never = new AbortController().signal;
const BOSS = { email: 'boss@x.test', admin: true };
const people = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ email: `p${String(index).padStart(2, '0')}@x.test` }));

function world(members: number, groups: number) {
  const everybody = people(members);
  return {
    members: [BOSS, ...everybody],
    groups: Array.from({ length: groups }, (_none, index) => ({
      name: `Group ${String(index).padStart(3, '0')}`,
      members: everybody.map((person) => person.email),
    })),
  };
}

/** What a full read asked, by route. */
async function readsOf(stage: Stage): Promise<Record<string, number>> {
  stage.sandbox.control.forgetRequests();
  await fullSync(stage.context, never);
  return callsOf(stage);
}

const MEMBERS = 'GET /api/acme/memberships/lite';
const GROUPS = 'GET /api/acme/groups';
const IN_GROUP = 'GET /api/acme/groups/:group/memberships';

describe.each(engines)('a full read of Mode, on %s', (engine) => {
  it('with nothing changed costs one call for the members and one for each thirty groups', async () => {
    const stage = await openStage({ engine, mode: world(3, 64) });
    const first = await readsOf(stage);
    expect(first).toMatchObject({ [MEMBERS]: 1, [GROUPS]: 3, [IN_GROUP]: 65 });
    expect(await readsOf(stage)).toEqual({ [MEMBERS]: 1, [GROUPS]: 3 });
  });

  it('shows a person and a group that were created again in Mode under the same name, after one read', async () => {
    const stage = await openStage({ engine, mode: world(3, 1) });
    await fullSync(stage.context, never);
    const shown = async () => {
      const users = await stage.store.directory.users(W, { limit: 50 });
      const groups = await stage.store.directory.groups(W, { limit: 50 });
      return [
        ...users.items.map((user) => user.userName),
        ...groups.items.map((group) => group.displayName),
      ].sort();
    };
    const before = await shown();
    expect(before).toEqual(['Group 000', 'boss@x.test', 'p00@x.test', 'p01@x.test', 'p02@x.test']);
    // The same people and groups with ids of their own, as after a start of the simulated Mode.
    stage.sandbox.control.putState(world(3, 1));
    stage.advance(24 * 60 * 60_000);
    await fullSync(stage.context, never);
    expect(await shown()).toEqual(before);
    const page = await (await stage.store.feed.takeSnapshot(W, stage.clock)).page('grants', 0, 50);
    expect(page.items.length).toBeGreaterThanOrEqual(4);
  });

  it('shows a group of Mode again that had vanished from the list and came back', async () => {
    const stage = await openStage({ engine, mode: world(3, 1) });
    const { provisioning } = stage.store;
    const shown = async () =>
      (await provisioning.unmanaged(W)).flatMap(({ subject, token }) =>
        subject.kind === 'group' ? token : [],
      );
    await fullSync(stage.context, never);
    const before = await shown();
    expect(before).toHaveLength(1);
    const remove = before.filter((token) => token !== null);
    await provisioning.record({ workspace: W, at: stage.clock.now(), groups: { upsert: [], remove } });
    await showUnmanaged(stage.context);
    expect(await shown()).toEqual([]);
    await fullSync(stage.context, never);
    expect(await shown()).toEqual(before);
  });

  it('reads the members of a group whose count is another, and of every group after a day', async () => {
    const stage = await openStage({ engine, mode: world(3, 5) });
    await fullSync(stage.context, never);
    stage.sandbox.control.uiEdit({ action: 'remove_from_group', email: 'p01@x.test', group: 'Group 003' });
    expect(await readsOf(stage)).toMatchObject({ [IN_GROUP]: 1 });
    const token =
      stage.sandbox.control.state().groups?.find((group) => group.name === 'Group 003')?.token ?? '';
    expect((await stage.store.provisioning.observedGroupMembers(W, token)).rows).toHaveLength(2);
    stage.advance(24 * 60 * 60_000);
    expect(await readsOf(stage)).toMatchObject({ [IN_GROUP]: 6 });
  });

  it('reads the members of a group that we wrote and nobody has seen since', async () => {
    const stage = await openStage({ engine, mode: world(3, 3) });
    await fullSync(stage.context, never);
    const [group] = await stage.store.provisioning.observedGroups(W);
    const targetGroupId = group?.token ?? '';
    const written = {
      targetGroupId,
      accountId: 'new',
      groupMembershipId: null,
      writtenAt: stage.clock.now(),
    };
    await stage.store.provisioning.record({
      workspace: W,
      at: stage.clock.now(),
      groupMembers: { upsert: [written], remove: [] },
    });
    expect(await readsOf(stage)).toMatchObject({ [IN_GROUP]: 1 });
  });

  it('leaves it to rows when and by which list they were read', async () => {
    const stage = await openStage({ engine, mode: world(1, 1) });
    const before = stage.clock.now();
    await fullSync(stage.context, never);
    const times = await stage.store.provisioning.readTimes(W);
    expect(times.members).toBeGreaterThanOrEqual(before);
    const [boss] = await stage.store.explain.findMembers(W, BOSS.email, 1);
    expect(boss?.how).toBe('lite');
    expect(boss?.readAt).toBeGreaterThanOrEqual(before);
  });
});

describe('13.24 a list of groups that the key may not read', () => {
  it('does not block people, and makes tasks of the groups', async () => {
    const forbidden = { for_requests: 1_000_000, method: 'GET', path: '/api/acme/groups', status: 403 };
    const stage = await openStage({ settings: { faults: forbidden, auto_accept_seconds: 0 } });
    const user = await stage.users.create(okta, draft('jane@x.test'));
    await stage.groups.create(okta, groupDraft('Team'), [user.id]);
    stage.start();
    await until(() => stage.sandbox.control.state().members.some((member) => member.email === 'jane@x.test'));
    await until(async () => (await stage.store.tasks.count(W)) > 0);
    const [task] = await stage.store.tasks.list(W, { closed: false, limit: 10 });
    expect(task?.subject.kind).toBe('group');
    expect(task?.why).toContain('403');
    expect(callsOf(stage)['POST /api/acme/groups']).toBeUndefined();
    // Nothing is the matter with the person, once a read has shown them.
    await until(async () => (await stage.store.status.status(W, 10)).troubled.length === 1);
  });
});

describe('13.26 a read that is not whole', () => {
  it('empty, of the members, removes nobody', async () => {
    const empty = { now: false };
    const stage = await openStage({
      mode: world(8, 1),
      target: (real) => ({
        ...real,
        readMembers: (known) => (empty.now ? Promise.resolve([]) : real.readMembers(known)),
      }),
    });
    await fullSync(stage.context, never);
    const before = await stage.store.provisioning.observedMembers(W);
    empty.now = true;
    await expect(fullSync(stage.context, never)).rejects.toThrow('no members at all');
    stage.advance(60 * 60_000);
    await expect(fullSync(stage.context, never)).rejects.toThrow('no members at all');
    expect(await stage.store.provisioning.observedMembers(W)).toEqual(before);
  });

  it('short, of members, groups or the members of a group, removes nothing until it has been so for minutes', async () => {
    const cut = { members: false, groups: false, inGroup: false };
    const few = <T>(rows: readonly T[], short: boolean): readonly T[] => (short ? rows.slice(0, 2) : rows);
    const stage = await openStage({
      mode: world(12, 12),
      target: (real) => ({
        ...real,
        readMembers: async (known) => few(await real.readMembers(known), cut.members),
        findMembers: () => Promise.resolve([]),
        readGroups: async () => few(await real.readGroups(), cut.groups),
        readGroupMembers: async (token) => few(await real.readGroupMembers(token), cut.inGroup),
      }),
    });
    const { provisioning } = stage.store;
    await fullSync(stage.context, never);
    const counts = async () => {
      const groups = await provisioning.observedGroups(W);
      const team = groups.find((group) => group.name === 'Group 001')?.token ?? '';
      const active = (await provisioning.observedMembers(W)).filter((member) => member.state === 'active');
      return [active.length, groups.length, (await provisioning.observedGroupMembers(W, team)).rows.length];
    };
    const whole = await counts();

    cut.members = true;
    await expect(fullSync(stage.context, never)).rejects.toThrow('is ignored');
    cut.members = false;
    cut.groups = true;
    await expect(fullSync(stage.context, never)).rejects.toThrow('is ignored');
    cut.groups = false;
    cut.inGroup = true;
    expect(await fullSync(stage.context, never, { everything: true })).toMatchObject({ groupsFailed: 13 });
    expect(await counts()).toEqual(whole);

    cut.groups = true;
    cut.inGroup = false;
    await expect(fullSync(stage.context, never)).rejects.toThrow('is ignored');
    stage.advance(5 * 60_000);
    await fullSync(stage.context, never);
    expect((await counts())[1]).toBe(2);
  });

  it('of a group that shows fewer members than Mode counts is made again, until two reads agree', async () => {
    const cut = { inGroup: true };
    const stage = await openStage({
      mode: world(4, 1),
      target: (real) => ({
        ...real,
        readGroupMembers: async (token) =>
          (await real.readGroupMembers(token)).slice(0, cut.inGroup ? 2 : undefined),
      }),
    });
    const { provisioning } = stage.store;
    const known = async () => {
      const group = (await provisioning.observedGroups(W)).find(({ name }) => name === 'Group 000');
      return (await provisioning.observedGroupMembers(W, group?.token ?? '')).rows.length;
    };
    await fullSync(stage.context, never);
    expect(await known()).toBe(2);
    cut.inGroup = false;
    await fullSync(stage.context, never);
    expect(await known()).toBe(4);
    expect((await readsOf(stage))[IN_GROUP]).toBeUndefined();
  });

  it('failed, leaves everything as it was', async () => {
    const broken = { now: false };
    const stage = await openStage({
      mode: world(3, 3),
      target: (real) => ({
        ...real,
        readGroups: () =>
          broken.now ? Promise.reject(new TargetError('not_found', 'no groups here')) : real.readGroups(),
      }),
    });
    await fullSync(stage.context, never);
    const before = await stage.store.provisioning.observedGroups(W);
    broken.now = true;
    await expect(fullSync(stage.context, never)).rejects.toThrow('no groups here');
    expect(await stage.store.provisioning.observedGroups(W)).toEqual(before);
  });
});

it('13.21 a person who is missing in the light list is looked up in the full list, and not invited again', async () => {
  const missing = { email: '' };
  const stage = await openStage({
    mode: { members: [BOSS, ...people(3)] },
    target: (real) => ({
      ...real,
      readMembers: async (known) =>
        (await real.readMembers(known)).filter((member) => member.email !== missing.email),
    }),
  });
  await stage.users.create(okta, draft('p01@x.test'));
  stage.start();
  await stage.quiet();
  missing.email = 'p01@x.test';
  stage.worker.sync.request(false);
  await until(() => (callsOf(stage)['GET /api/acme/memberships'] ?? 0) > 0);
  await stage.quiet();
  expect(callsOf(stage)['POST /api/acme/invites']).toBeUndefined();
  const row = (await stage.store.provisioning.observedMembers(W)).find(
    (member) => member.email === 'p01@x.test',
  );
  expect(row).toMatchObject({ state: 'active' });
});

it('13.6 only "active" is active; any other state is stored and logged as Mode names it', async () => {
  const told: object[] = [];
  const stage = await openStage({
    mode: { members: [BOSS, ...people(2)] },
    target: (real) => ({
      ...real,
      readMembers: async (known) =>
        (await real.readMembers(known)).map((member) =>
          member.email === 'p01@x.test' ? { ...member, state: 'former', rawState: 'hibernating' } : member,
        ),
    }),
    options: {
      log: {
        info: () => undefined,
        error: () => undefined,
        warn: (fields) => {
          told.push(fields);
        },
      },
    },
  });
  await fullSync(stage.context, never);
  await fullSync(stage.context, never);
  const row = (await stage.store.provisioning.observedMembers(W)).find(
    (member) => member.email === 'p01@x.test',
  );
  expect(row).toMatchObject({ state: 'former', rawState: 'hibernating' });
  expect(told).toEqual([{ states: ['hibernating'] }]);
});

it('a group that is read before its members are written keeps both', async () => {
  const stage = await openStage({ mode: { members: [BOSS, ...people(20)] } });
  const ids = await Promise.all(
    people(20).map(async ({ email }) => (await stage.users.create(okta, draft(email))).id),
  );
  stage.start();
  await stage.groups.create(okta, groupDraft('Team'), ids);
  for (let count = 0; count < 3; count += 1) await fullSync(stage.context, never, { everything: true });
  await stage.quiet();
  expect(stage.sandbox.control.state().groups?.[0]?.members).toHaveLength(20);
});
