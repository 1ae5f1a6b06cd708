import { describe, expect, it } from 'vitest';
import { createReports } from '../../src/operators/reports.ts';
import { compareDrift } from '../../src/provisioning/drift/compare-drift.ts';
import { driftingSubjects } from '../../src/provisioning/drift/drift.ts';
import { UNTRIED } from '../../src/provisioning/plan/available-capabilities.ts';
import { defaultConnection } from '../access.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import { engines, type EngineName } from '../databases.ts';
import { callsOf, draft, groupDraft, openStage, until, W, type Stage } from './stage.ts';

const BOSS = { email: 'boss@x.test', admin: true };
const JANE = 'jane@x.test';
const SAM = 'sam@x.test';
const MINUTES = 60_000;
/** Less than the hold on the workspace lasts. */
const SECONDS = 5_000;

/** Jane, an admin, and Sam are pushed, Jane is in Team; Kim is Mode's own. */
async function pushed(engine: EngineName, mode: 'report' | 'enforce') {
  const stage = await openStage({
    engine,
    settings: { auto_accept_seconds: 0 },
    mode: { members: [BOSS, { email: 'kim@x.test' }], groups: [{ name: 'Own' }] },
  });
  const idp: Connection = await defaultConnection(stage.store, W);
  const reports = createReports(
    stage.store.provisioning,
    () => 'enforce',
    () => 'Mode',
    stage.clock,
  );
  await reports.setDriftMode(W, 'default', mode);
  const jane = await stage.users.create(idp, draft(JANE, { admin: true }));
  const sam = await stage.users.create(idp, draft(SAM));
  const team = await stage.groups.create(idp, groupDraft('Team'), [jane.id]);
  stage.start();
  await stage.quiet();
  stage.advance(2 * MINUTES);
  const read = async () => {
    const before = stage.worker.sync.state.last?.startedAt;
    stage.worker.sync.request(true);
    await until(() => stage.worker.sync.state.last?.startedAt !== before);
    await stage.quiet();
  };
  await read();
  stage.sandbox.control.forgetRequests();
  return { stage, reports, idp, jane, sam, team, read };
}

const told = async ({ reports }: Awaited<ReturnType<typeof pushed>>) =>
  (await reports.drift(W)).items.map(({ class: of, what, name }) => `${of} ${what} ${name}`).sort();
const OWN = ['unmanaged group Own', 'unmanaged member boss@x.test', 'unmanaged member kim@x.test'];
const writes = (stage: Stage) => Object.keys(callsOf(stage)).filter((route) => !route.startsWith('GET '));

function editInMode({ stage }: Awaited<ReturnType<typeof pushed>>): void {
  const { uiEdit } = stage.sandbox.control;
  uiEdit({ action: 'demote', email: JANE });
  uiEdit({ action: 'remove', email: SAM });
  uiEdit({ action: 'remove_from_group', email: JANE, group: 'Team' });
  uiEdit({ action: 'add_to_group', email: 'kim@x.test', group: 'Team' });
  uiEdit({ action: 'rename_group', group: 'Team', name: 'Squad' });
}

describe.each(engines)('drift, on %s', (engine) => {
  it('is only what no IdP has pushed, when Mode is as the IdP wants it', async () => {
    const world = await pushed(engine, 'report');
    expect(await told(world)).toEqual(OWN);
  });

  it('is reported in its classes, and nothing is written', async () => {
    const world = await pushed(engine, 'report');
    editInMode(world);
    await world.read();
    expect(await told(world)).toEqual(
      [
        ...OWN,
        'role_changed member jane@x.test',
        'removed_in_mode member sam@x.test',
        'renamed group Team',
        'removed_in_mode group_member jane@x.test',
        'added_in_mode group_member kim@x.test',
      ].sort(),
    );
    expect(writes(world.stage)).toEqual([]);
    const { items } = await world.reports.drift(W);
    expect(items.find((item) => item.class === 'role_changed')).toMatchObject({
      wants: 'member, admin',
      wrote: 'active, admin',
      has: 'active',
    });
  });

  it('with enforce is corrected through a plan', async () => {
    const world = await pushed(engine, 'enforce');
    editInMode(world);
    await world.read();
    await until(async () => (await told(world)).join() === OWN.join());
    const { members, groups = [] } = world.stage.sandbox.control.state();
    expect(members.find((member) => member.email === JANE)).toMatchObject({ admin: true });
    expect(members.find((member) => member.email === SAM)).toMatchObject({ state: 'active' });
    expect(groups.map(({ name, members: of }) => [name, of])).toEqual([
      ['Own', []],
      ['Team', [JANE]],
    ]);
  });

  it('that was only reported is corrected after the mode changes to enforce', async () => {
    const world = await pushed(engine, 'report');
    world.stage.sandbox.control.uiEdit({ action: 'demote', email: JANE });
    await world.read();
    expect(writes(world.stage)).toEqual([]);
    await world.reports.setDriftMode(W, 'default', 'enforce');
    await world.read();
    await until(async () => (await told(world)).join() === OWN.join());
  });

  it('a leaver who comes back in Mode is removed again, even when drift is only reported', async () => {
    const world = await pushed(engine, 'report');
    const { stage, idp, sam } = world;
    await stage.users.update(idp, sam.id, () => draft(SAM, { active: false }));
    await stage.quiet();
    stage.advance(2 * MINUTES);
    stage.sandbox.control.uiEdit({ action: 'unban', email: SAM });
    await world.read();
    await until(() => !stage.sandbox.control.state().members.some((member) => member.email === SAM));
  });

  it('a write that Mode accepted and never showed is a lost call, not a change by a person', async () => {
    const world = await pushed(engine, 'report');
    const { stage, idp, team, jane, sam } = world;
    const apply = stage.context.target.apply.bind(stage.context.target);
    stage.context.target.apply = (operation) =>
      operation.type === 'add_group_member' ? Promise.resolve({}) : apply(operation);
    await stage.groups.update(idp, team.id, () => ({
      draft: groupDraft('Team'),
      members: { kind: 'replace', members: [jane.id, sam.id] },
    }));
    await until(async () => {
      stage.advance(SECONDS);
      return (await told(world)).includes('lost_call group_member sam@x.test');
    });
  });
});

it('what belongs to Mode’s own SCIM, whose token the bridge does not have, or is built in, is ignored', () => {
  const member = {
    accountId: 't',
    membershipId: null,
    username: null,
    email: JANE,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: true,
    writtenAt: null,
  } as const;
  const user = {
    id: 'u',
    wanted: false,
    userName: JANE,
    email: JANE,
    name: null,
    admin: null,
    accountId: null,
    accountKey: 't',
    verified: false,
    busy: false,
    hasJob: false,
    held: false,
  };
  const group = {
    id: 'g',
    wanted: true,
    name: 'All',
    targetGroupId: 'gt',
    verified: false,
    busy: false,
    hasJob: false,
    held: false,
    userIds: [],
  };
  const state = {
    users: [user],
    groups: [group],
    members: [member],
    groupsOnTarget: [{ token: 'gt', name: 'Everyone', writable: false, writtenAt: null }],
    groupMembers: new Map(),
    written: { member: () => undefined, group: () => undefined, groupMember: () => undefined },
    available: UNTRIED,
  };
  const items = compareDrift(state);
  expect(items.map((item) => item.class)).toEqual(['ignored', 'ignored']);
  expect(driftingSubjects(items)).toEqual([]);
  const withToken = compareDrift({ ...state, available: { ...UNTRIED, ownsManaged: true } });
  expect(driftingSubjects(withToken)).toEqual([{ kind: 'user', id: 'u' }]);
});
