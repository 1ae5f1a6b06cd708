/** Going live does what the plan says and nothing else, whatever the IdP and Mode have. */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorsOf } from '../../src/app/operators-of.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { PlanReport } from '../../src/operators/make-plan.ts';
import type { Operators } from '../../src/operators/operators.ts';
import { isTaken, type StepKind } from '../../src/provisioning/dry-run/planned-step.ts';
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import { engines, type EngineName } from '../databases.ts';
import { draft, groupDraft, okta, openStage, until, W, type Stage } from '../worker/stage.ts';

const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 8, postgres: 3 };
const MINUTE_MS = 60_000;
const ROUNDS = 12;
const LOOKS = 40;
const LOOK_MS = 10;
const TRIES = 5;
const PEOPLE = 5;
const OWNER = 'owner@acme.example';

const who = fc.nat(PEOPLE - 1);
const crowd = fc.uniqueArray(who, { maxLength: PEOPLE });
const directory = fc.record({
  users: fc.array(
    fc.record({
      state: fc.constantFrom('absent', 'active', 'active', 'active', 'inactive', 'deleted'),
      address: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: who }),
      admin: fc.constantFrom(null, true, false),
    }),
    { minLength: PEOPLE, maxLength: PEOPLE },
  ),
  groups: fc.array(
    fc.record({
      state: fc.constantFrom('absent', 'wanted', 'wanted', 'deleted'),
      name: fc.nat(3),
      members: crowd,
    }),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
});
const world = fc.record({
  mode: fc.record({
    members: fc.array(fc.constantFrom('absent', 'absent', 'member', 'admin', 'pending', 'banned'), {
      minLength: PEOPLE,
      maxLength: PEOPLE,
    }),
    groups: fc.array(fc.record({ exists: fc.boolean(), members: crowd }), { minLength: 4, maxLength: 4 }),
  }),
  /** Made so in Mode before the connection is paused; null: it begins in shadow. */
  before: fc.option(directory, { nil: null, freq: 2 }),
  directory,
});
type Given = typeof world extends fc.Arbitrary<infer T> ? T : never;
type Directory = Given['directory'];

const address = (index: number) => `p${index}@x.test`;

function modeOf({ members, groups }: Given['mode']): Parameters<Sandbox['control']['putState']>[0] {
  const people = members.flatMap((state, index) =>
    state === 'absent'
      ? []
      : [
          {
            email: address(index),
            username: `p${index}`,
            admin: state === 'admin',
            state: state === 'pending' || state === 'banned' ? state : ('active' as const),
          },
        ],
  );
  const active = new Set(people.filter(({ state }) => state === 'active').map(({ email }) => email));
  return {
    members: [
      { email: OWNER, username: 'owner', admin: true },
      { email: 'stranger@acme.example', username: 'stranger' },
      ...people,
    ],
    groups: groups.flatMap(({ exists, members: indexes }, index) => {
      const emails = indexes.map(address).filter((email) => active.has(email));
      return exists ? [{ name: `Group ${index}`, members: emails }] : [];
    }),
  };
}

/** Pushes the difference between what was pushed before and the directory. */
async function push({ users, groups }: Stage, wanted: Directory, ids: Map<string, string>): Promise<void> {
  for (const [index, { state, address: other, admin }] of wanted.users.entries()) {
    const key = `u${index}`;
    const given = {
      ...draft(address(other ?? index), { active: state === 'active' }),
      admin,
      userName: `user-${index}`,
    };
    const id = ids.get(key);
    if (id === undefined) {
      if (state === 'absent') continue;
      const made = await users.create(okta, state === 'deleted' ? { ...given, active: true } : given);
      ids.set(key, made.id);
      if (state !== 'deleted') continue;
      await users.remove(okta, made.id);
      ids.delete(key);
    } else if (state === 'deleted') {
      await users.remove(okta, id);
      ids.delete(key);
    } else if (state !== 'absent') await users.update(okta, id, () => given);
  }
  for (const [index, { state, name, members }] of wanted.groups.entries()) {
    const key = `g${index}`;
    const given = groupDraft(`Group ${(name + index) % 4}`);
    const userIds = members.flatMap((member) => ids.get(`u${member}`) ?? []);
    const id = ids.get(key);
    const taken = [...(await groups.list(W, { limit: 10 })).items].some(
      (group) =>
        group.displayName === given.displayName &&
        group.id !== id &&
        (id !== undefined || group.ownerId !== null),
    );
    if (state === 'deleted' && id !== undefined) {
      await groups.remove(okta, id);
      ids.delete(key);
    } else if (state !== 'wanted' || taken) continue;
    else if (id === undefined) ids.set(key, (await groups.create(okta, given, userIds)).id);
    else
      await groups.update(okta, id, () => ({ draft: given, members: { kind: 'replace', members: userIds } }));
  }
}

interface State {
  readonly members: readonly string[];
  readonly groups: readonly string[];
}

function stateOf({ sandbox }: Stage): State {
  const { members, groups = [] } = sandbox.control.state();
  return shown(
    new Map(
      members.map(({ email, state, admin }) => [email, { state: state ?? 'active', admin: admin === true }]),
    ),
    new Map(groups.map(({ name, members: emails = [] }) => [name, new Set(emails)])),
  );
}

function shown(
  members: ReadonlyMap<string, { readonly state: string; readonly admin: boolean }>,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): State {
  return {
    members: [...members].map(([email, is]) => `${email} ${is.state}${is.admin ? ' admin' : ''}`).sort(),
    groups: [...groups].map(([name, emails]) => `${name}: ${[...emails].sort().join(' ')}`).sort(),
  };
}

/** What Mode must be after the plan, from the names in the plan alone. Everybody who is invited accepts. */
function carriedOut({ sandbox }: Stage, { steps }: PlanReport): State {
  const before = sandbox.control.state();
  const members = new Map(
    before.members.map(({ email, admin }) => [email, { state: 'active', admin: admin === true }]),
  );
  const groups = new Map(
    (before.groups ?? []).map(({ name, members: emails = [] }) => [name, new Set(emails)]),
  );
  const all = (kind: StepKind) => [...steps].filter((step) => step.kind === kind);
  for (const { name } of all('remove')) {
    members.delete(name);
    for (const emails of groups.values()) emails.delete(name);
  }
  for (const { name } of all('invite')) members.set(name, { state: 'active', admin: false });
  for (const { name, to } of all('set_role')) members.set(name, { state: 'active', admin: to === 'admin' });
  for (const { name } of all('delete_group')) groups.delete(name);
  const renamed = all('rename_group').map(({ name, from }) => ({
    name,
    from,
    emails: groups.get(from ?? ''),
  }));
  for (const { from } of renamed) groups.delete(from ?? '');
  for (const { name, emails } of renamed) groups.set(name, emails ?? new Set(['nobody']));
  for (const { name } of all('create_group')) groups.set(name, new Set());
  for (const { name, group } of all('remove_member')) groups.get(group ?? '')?.delete(name);
  for (const { name, group } of all('add_member')) groups.get(group ?? '')?.add(name);
  return shown(members, groups);
}

/** Mode is read from now on. */
async function readMode({ store, worker, clock }: Stage): Promise<void> {
  const since = clock.now();
  worker.sync.request(true);
  await until(async () => {
    const { groups } = await store.provisioning.readTimes(W);
    return (groups ?? 0) >= since && worker.sync.state.running === null;
  });
}

/** Time passes, and everybody who is invited accepts. @returns whether it came to that */
async function settle(stage: Stage, isSettled: () => Promise<boolean>): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.sandbox.control.acceptInvites({});
    await readMode(stage);
    for (let look = 0; look < LOOKS; look += 1) {
      if (await isSettled()) return true;
      await delay(LOOK_MS);
    }
    stage.advance(2 * MINUTE_MS);
  }
  return false;
}

/** @returns the plan with which the connection went live, and what Mode must be after it */
async function goLive(stage: Stage, { plans, connections }: Operators) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const made = await plans.make(await connections.find(W, 'okta'));
    const expected = carriedOut(stage, made);
    const invitesBefore = stage.sandbox.control.invitesSent();
    const gone = await plans.goLive(await connections.find(W, 'okta'), made.id);
    if (gone.kind === 'live') return { made, expected, invitesBefore };
    // What was removed a moment ago is read back meanwhile.
    expect(gone.difference.added.length + gone.difference.removed.length).toBeGreaterThan(0);
    await readMode(stage);
  }
  throw new Error('The plan is another one each time.');
}

/** The account of a leaver is that of another user, who is invited under it, and put into its groups again. */
const LEAVER_COMES_BACK: Given = {
  mode: {
    members: ['absent', 'absent', 'admin', 'admin', 'member'],
    groups: [
      { exists: false, members: [] },
      { exists: true, members: [0, 2, 4, 1, 3] },
      { exists: false, members: [] },
      { exists: true, members: [2, 4, 3, 0] },
    ],
  },
  before: null,
  directory: {
    users: [
      { state: 'absent', address: null, admin: false },
      { state: 'deleted', address: 3, admin: true },
      { state: 'absent', address: 3, admin: true },
      { state: 'active', address: null, admin: false },
      { state: 'absent', address: null, admin: false },
    ],
    groups: [
      { state: 'wanted', name: 1, members: [0, 1, 2, 3] },
      { state: 'wanted', name: 2, members: [0, 1, 2] },
      { state: 'deleted', name: 3, members: [1] },
    ],
  },
};

async function check(engine: EngineName, { mode, before, directory: pushed }: Given): Promise<void> {
  const settings = { profile: 'kind', auto_accept_seconds: -1, rate_per_second: null };
  const stage = await openStage({ engine, mode: modeOf(mode), settings });
  const { store, clock, sandbox } = stage;
  const config = readConfig({ MODE_WORKSPACE: W, MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' });
  const operators = operatorsOf(store, clock, config);
  await store.access.addConnection({ ...okta, state: before === null ? 'shadow' : 'live', createdAt: 0 });
  const plan = async () => operators.plans.make(await operators.connections.find(W, 'okta'));
  const left = async () => [...(await plan()).steps].filter(isTaken);
  const ids = new Map<string, string>();
  if (before !== null) {
    await push(stage, before, ids);
    stage.start();
    await settle(stage, async () => (await left()).length === 0);
    await operators.connections.setState(await operators.connections.find(W, 'okta'), 'paused');
  }
  await push(stage, pushed, ids);
  stage.start();
  await readMode(stage);
  const quiet = stateOf(stage);
  expect((await plan()).id).toBe((await plan()).id);
  expect(stateOf(stage)).toEqual(quiet);

  const { made, expected, invitesBefore } = await goLive(stage, operators);
  const isAsPlanned = () => JSON.stringify(stateOf(stage)) === JSON.stringify(expected);
  const settled = await settle(stage, async () => isAsPlanned() && (await left()).length === 0);
  const summary = [...made.steps].map(({ kind, name, group, after }) => ({ kind, name, group, after }));
  expect({ ...stateOf(stage), left: await left() }, JSON.stringify(summary)).toEqual({
    ...expected,
    left: [],
  });
  expect(settled).toBe(true);
  const sent = Object.entries(sandbox.control.invitesSent()).flatMap(([email, count]) =>
    Array.from({ length: count - (invitesBefore[email] ?? 0) }, () => email),
  );
  const invites = [...made.steps].filter(({ kind }) => kind === 'invite').map(({ name }) => name);
  expect(sent.sort(), JSON.stringify(summary)).toEqual(invites.sort());
  await stage.stop();
}

describe.each(engines)('on %s', (engine) => {
  it(
    'a plan that is carried out leaves nothing to do, and touches nothing else',
    { timeout: 600_000 },
    async () => {
      const property = fc.asyncProperty(world, (given) => check(engine, given));
      const examples: [Given][] = [[LEAVER_COMES_BACK]];
      await fc.assert(property, { numRuns: RUNS[engine], endOnFailure: true, examples });
    },
  );

  it('going live with a plan approves all removals of the plan', async () => {
    const leavers = Array.from({ length: 8 }, (_none, index) => address(index));
    const members = leavers.map((email, index) => ({ email, username: `p${index}` }));
    const owner = { email: OWNER, username: 'owner', admin: true };
    const stage = await openStage({ engine, mode: { members: [owner, ...members] } });
    const config = readConfig({ MODE_WORKSPACE: W, MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' });
    const operators = operatorsOf(stage.store, stage.clock, config);
    await stage.store.access.addConnection({ ...okta, state: 'shadow', createdAt: 0 });
    for (const email of leavers) await stage.users.create(okta, draft(email, { active: false }));
    stage.start();
    await readMode(stage);
    const { made } = await goLive(stage, operators);
    expect(made.counts).toMatchObject({ remove: 8, held: 0 });
    await until(() => stage.sandbox.control.state().members.length === 1);
    expect(await stage.store.holds.list(W, { limit: 10 })).toEqual([]);
  });
});
