/** An undo brings back what the bridge did to Mode in a window, and nothing else, whatever was done. */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorsOf } from '../../src/app/operators-of.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { User } from '../../src/directory/user/user.ts';
import type { UndoPlan } from '../../src/operators/undo/make-undo-plan.ts';
import type { BreakerLimits } from '../../src/provisioning/gate/breaker.ts';
import { isTaken } from '../../src/provisioning/dry-run/planned-step.ts';
import { readGroup } from '../../src/scim/codec/read-group.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import { engines, type EngineName } from '../databases.ts';
import { okta, openStage, until, W } from '../worker/stage.ts';

/** The same worlds each time. */
const SEED = 606;
const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 6, postgres: 2 };
const MINUTE_MS = 60_000;
const ROUNDS = 15;
const LOOKS = 40;
const LOOK_MS = 10;
const TRIES = 5;
const PEOPLE = 5;
const GROUPS = 3;
const OWNER = { email: 'owner@acme.example', username: 'owner', admin: true };
const NO_BREAKER: BreakerLimits = { count: 1_000, percent: 100, windowMs: MINUTE_MS };
const SETTINGS = { profile: 'kind', auto_accept_seconds: -1, rate_per_second: null };

/** With these alone, Mode ends as it was. */
const AS_BEFORE: ReadonlySet<string> = new Set([
  'must_accept',
  'group_of_mode',
  'new_group',
  'by_hand',
  'account_keeps_address',
  'account_released',
  'second_account',
]);

const address = (index: number) => `p${index}@x.test`;

interface Values {
  readonly active?: boolean;
  readonly admin?: boolean | null;
  readonly email?: string;
}

/** As an IdP states somebody: `admin` null names no role, false names another. @param before the user as the bridge has it */
function user(
  index: number,
  { active = true, admin = null, email = address(index) }: Values = {},
  before?: User,
) {
  const document = {
    userName: `user-${index}`,
    active,
    emails: [{ value: email, type: 'work', primary: true }],
    ...(admin === null ? {} : { roles: [{ value: admin ? 'admin' : 'member' }] }),
  };
  return readUser(document, before);
}

const group = (displayName: string) => readGroup({ displayName }).draft;

async function openCompany(engine: EngineName, mode: Partial<Mode> = {}, breaker?: BreakerLimits) {
  const members = [OWNER, ...(mode.members ?? [])];
  const stage = await openStage({
    engine,
    mode: { ...mode, members },
    settings: SETTINGS,
    ...(breaker === undefined ? {} : { options: { policyOf: () => ({ breaker }) } }),
  });
  const { store, clock, sandbox, worker } = stage;
  const config = readConfig({ MODE_WORKSPACE: W, MODE_API_KEY: 'key', MODE_API_SECRET: 'secret' });
  const { undos, plans } = operatorsOf(store, clock, config);
  await store.access.addConnection({ ...okta, createdAt: 0 });
  stage.start();

  async function readMode(): Promise<void> {
    const since = clock.now();
    await until(async () => {
      const { groups } = await store.provisioning.readTimes(W);
      if (worker.sync.state.running !== null) return false;
      if ((groups ?? 0) >= since) return true;
      // The one that was under way then had begun before.
      worker.sync.request(true);
      return false;
    });
  }

  async function isQuiet(): Promise<boolean> {
    const { steps, unreadGroups } = await plans.make(okta);
    const isInvited = sandbox.control.state().members.some(({ state: is }) => is === 'pending');
    return !isInvited && unreadGroups.length === 0 && ![...steps].some(isTaken);
  }

  /** Everybody accepts, and the bridge has nothing left to do, also after Mode was read again. */
  async function settle(): Promise<void> {
    let times = 0;
    for (let round = 0; round < ROUNDS && times < 2; round += 1) {
      sandbox.control.acceptInvites({});
      await readMode();
      let isSo = await isQuiet();
      for (let look = 0; look < LOOKS && !isSo; look += 1) {
        await delay(LOOK_MS);
        isSo = await isQuiet();
      }
      times = isSo ? times + 1 : 0;
      stage.advance(2 * MINUTE_MS);
    }
    if (times < 2)
      throw new Error(`It does not settle: ${JSON.stringify([...(await plans.make(okta)).steps])}`);
  }

  /** Changes that come later have another time. */
  function instant(): string {
    stage.advance(1_000);
    const at = new Date(clock.now()).toISOString();
    stage.advance(1_000);
    return at;
  }

  return {
    ...stage,
    undos,
    settle,
    instant,
    modeState: () => {
      const state = sandbox.control.state();
      return {
        members: state.members
          .map(({ email, admin, state: is }) => `${email} ${is ?? 'active'}${admin === true ? ' admin' : ''}`)
          .sort(),
        groups: (state.groups ?? [])
          .map(({ name, members: emails = [] }) => `${name}: ${[...emails].sort().join(' ')}`.trim())
          .sort(),
      };
    },
    /** What the IdP and undos wrote. */
    written: async () => {
      const entries = await store.undo.entries(W, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000 });
      return entries.flatMap(({ change }) => (/^(user|group)\./.test(change.kind) ? [change] : []));
    },
    /** Undoes the window, and waits until Mode is as it is then. */
    undo: async (from: string, to?: string): Promise<UndoPlan> => {
      let plan = await undos.plan(okta, { from, to });
      for (let tries = 0; tries < TRIES; tries += 1) {
        const outcome = await undos.apply(okta, plan.id, { by: 'a test' });
        plan = outcome.plan;
        if (outcome.kind === 'undone') {
          expect(outcome.left).toEqual([]);
          await settle();
          return plan;
        }
        // What was read a moment ago may be in Mode by now.
        expect(outcome.difference.restoredMore).toEqual([]);
      }
      throw new Error(`The plan was another one ${TRIES} times: ${JSON.stringify(plan.steps)}`);
    },
  };
}

type Mode = Parameters<Sandbox['control']['putState']>[0];
type Company = Awaited<ReturnType<typeof openCompany>>;

async function push(
  { users, groups }: Company,
  count: number,
  values: Values = {},
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await users.create(okta, user(index, values))).id);
  await groups.create(okta, group('Team'), ids);
  return ids;
}

const found = (plan: UndoPlan) =>
  plan.notUndone.map(({ code, name, what }) => `${code} ${what} ${name}`).sort();

describe.each(engines)('an undo, on %s', (engine) => {
  it('brings back removed people with their role and all groups that the IdP emptied', async () => {
    const company = await openCompany(engine);
    const ids = await push(company, 3, { admin: true });
    await company.groups.create(okta, group('Data'), ids);
    await company.settle();
    const before = company.modeState();
    const from = company.instant();
    const all = await company.groups.list(W, { limit: 10 });
    for (const { id } of all.items)
      await company.groups.update(okta, id, (now) => ({
        draft: now,
        members: { kind: 'replace', members: ids.slice(2) },
      }));
    for (const [index, id] of ids.slice(0, 2).entries())
      await company.users.update(okta, id, () => user(index, { active: false, admin: false }));
    await company.settle();
    expect(company.modeState()).not.toEqual(before);
    const plan = await company.undo(from);
    expect(company.modeState()).toEqual(before);
    expect(plan.counts).toMatchObject({ invite: 2, add_member: 4, set_role: 2, remove: 0 });
    const params = { from, to: new Date(plan.span.to).toISOString() };
    for (const { why } of plan.steps) expect(why).toEqual([{ code: 'plan_undo', params }]);
    expect(found(plan)).toEqual(['must_accept access p0@x.test', 'must_accept access p1@x.test']);
    expect(JSON.parse((await company.users.get(W, ids[0] ?? '')).document)).toMatchObject({
      active: true,
      roles: [{ value: 'admin' }],
    });
  });

  it('takes back what is held of the same mistake: nothing of it is sent, and the holds are gone', async () => {
    const company = await openCompany(engine);
    const ids = await push(company, 12);
    await company.settle();
    const before = company.modeState();
    const from = company.instant();
    for (const [index, id] of ids.slice(0, 8).entries())
      await company.users.update(okta, id, () => user(index, { active: false }));
    const listHolds = () => company.store.holds.list(W, { limit: 10 });
    await until(async () => (await listHolds()).length === 3);
    // The bridge notes an operation a moment after Mode has done it, and sees the group a moment later.
    await until(async () => {
      const { counts, noLonger } = await company.undos.plan(okta, { from });
      return counts.invite === 5 && noLonger.length === 3;
    });
    const held = (await listHolds()).map(({ name }) => name).sort();
    const shown = await company.undos.plan(okta, { from });
    expect(shown.restored.filter(({ what }) => what === 'access')).toHaveLength(8);
    expect(shown.noLonger.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
      held.map((name) => `remove ${name}`),
    );
    expect(found(shown).filter((each) => each.startsWith('not_done_yet'))).toEqual([]);
    await company.undo(from);
    expect(await listHolds()).toEqual([]);
    expect(company.modeState()).toEqual(before);
  });

  it('removes whom it would not have, however many they are, and no other removal with them', async () => {
    const company = await openCompany(engine);
    const [first = ''] = await push(company, 1);
    await company.settle();
    const before = company.modeState();
    const from = company.instant();
    for (let index = 1; index < 9; index += 1) await company.users.create(okta, user(index));
    await company.settle();
    const to = company.instant();
    await company.users.update(okta, first, () => user(0, { active: false }));
    const plan = await company.undos.plan(okta, { from, to });
    expect(plan.counts.remove).toBe(8);
    expect(plan.removals.map(({ subject }) => subject.id)).not.toContain(first);
    await company.undos.apply(okta, plan.id);
    await until(() => company.sandbox.control.state().members.length === before.members.length - 1);
    expect(await company.store.holds.list(W, { limit: 10 })).toEqual([]);
  });

  it('can be undone: a group that it deleted is back under its id', async () => {
    const company = await openCompany(engine);
    const ids = await push(company, 2);
    await company.settle();
    const before = company.modeState();
    const from = company.instant();
    const made = await company.groups.create(okta, group('New'), ids);
    await company.settle();
    const after = company.modeState();
    const middle = company.instant();
    const plan = await company.undo(from, middle);
    expect(plan.counts).toMatchObject({ delete_group: 1 });
    expect(company.modeState()).toEqual(before);
    await expect(company.groups.get(W, made.id)).rejects.toThrow('no group');
    const second = await company.undo(middle);
    expect(company.modeState()).toEqual(after);
    expect(found(second)).toEqual(['new_group group New']);
    expect((await company.groups.get(W, made.id)).displayName).toBe('New');
    // The IdP never lost it.
    await company.groups.update(okta, made.id, () => ({ draft: group('Newer') }));
    await company.settle();
    expect(company.modeState().groups).toContain('Newer: p0@x.test p1@x.test');
  });

  it('leaves what the IdP has stated since, and what it has deleted, and says so', async () => {
    const company = await openCompany(engine);
    const ids = await push(company, 4);
    const team = (await company.groups.list(W, { limit: 1 })).items[0]?.id ?? '';
    await company.settle();
    const from = company.instant();
    for (const [index, id] of ids.slice(0, 3).entries())
      await company.users.update(okta, id, () => user(index, { active: false }));
    await company.groups.update(okta, team, () => ({ draft: group('Crew') }));
    await company.settle();
    const to = company.instant();
    // A PUT states all of a person, also what stays as it is.
    const titled = { ...user(0, { active: false }), externalId: 'x0' };
    await company.users.update(okta, ids[0] ?? '', () => titled, undefined, 'put');
    await company.users.remove(okta, ids[1] ?? '');
    await company.groups.update(okta, team, () => ({ draft: group('Squad') }));
    const plan = await company.undo(from, to);
    expect(found(plan)).toEqual([
      'deleted_by_idp access p1@x.test',
      'must_accept access p2@x.test',
      'stated_since access p0@x.test',
      'stated_since group_name Squad',
    ]);
    expect(company.modeState().groups).toEqual(['Squad: p2@x.test p3@x.test']);
  });

  it('writes nothing when it is shown, and nothing when the plan is another one by then', async () => {
    const company = await openCompany(engine);
    const ids = await push(company, 3);
    await company.settle();
    const from = company.instant();
    for (const index of [0, 1])
      await company.users.update(okta, ids[index] ?? '', () => user(index, { active: false }));
    await company.settle();
    const written = await company.written();
    const plan = await company.undos.plan(okta, { from });
    expect((await company.undos.plan(okta, { from })).restored).toEqual(plan.restored);
    expect(await company.written()).toEqual(written);
    await company.users.update(okta, ids[0] ?? '', () => user(0));
    const outcome = await company.undos.apply(okta, plan.id);
    expect(outcome.kind === 'changed' && outcome.difference.restoredLess.map(({ name }) => name)).toEqual([
      'p0@x.test',
    ]);
    expect((await company.users.get(W, ids[1] ?? '')).active).toBe(false);
    await expect(company.undos.apply(okta, 'nothing')).rejects.toThrow('No undo plan nothing');
  });

  it('names itself in the change log, with who did it', async () => {
    const company = await openCompany(engine);
    const [id = ''] = await push(company, 1);
    await company.settle();
    const from = company.instant();
    await company.users.update(okta, id, () => user(0, { active: false }));
    await company.settle();
    const { id: undo } = await company.undo(from);
    const history = await company.store.explain.history(W, { kind: 'user', id }, 50);
    expect(history.map(({ change }) => change.data)).toContainEqual(
      expect.objectContaining({ active: true, cause: 'undone', undo }),
    );
    const chained = await company.store.audit.changesToChain(W, 0, 1_000);
    const [entry, ...others] = chained.filter(({ kind }) => kind === 'undo.applied');
    expect(others).toEqual([]);
    expect(JSON.parse(entry?.data ?? '')).toMatchObject({
      undo,
      connection: 'okta',
      subjects: 1,
      by: 'a test',
    });
  });

  it.each(Object.entries(WORLDS))('%s', async (_name, { says, ...given }) => {
    expect(found(await check(engine, given))).toEqual(says);
  });

  it(
    'of any window after which nothing was stated makes Mode what it was before it',
    { timeout: 600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(world, async (given) => {
          await check(engine, given);
        }),
        { seed: SEED, numRuns: RUNS[engine], endOnFailure: true },
      );
    },
  );
});

const who = fc.nat(PEOPLE - 1);
const directory = fc.record({
  users: fc.array(
    fc.record({
      state: fc.constantFrom('absent', 'active', 'active', 'inactive'),
      moved: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      admin: fc.constantFrom(null, true, false),
    }),
    { minLength: PEOPLE, maxLength: PEOPLE },
  ),
  groups: fc.array(
    fc.record({
      state: fc.constantFrom('absent', 'wanted', 'wanted'),
      name: fc.boolean(),
      members: fc.uniqueArray(who, { maxLength: PEOPLE }),
    }),
    { minLength: GROUPS, maxLength: GROUPS },
  ),
});
const world = fc.record({
  mode: fc.record({
    members: fc.array(fc.constantFrom('absent', 'absent', 'member', 'admin'), {
      minLength: PEOPLE,
      maxLength: PEOPLE,
    }),
    groups: fc.array(fc.record({ exists: fc.boolean(), members: fc.uniqueArray(who) }), {
      minLength: GROUPS,
      maxLength: GROUPS,
    }),
  }),
  before: directory,
  after: fc.array(directory, { minLength: 1, maxLength: 2 }),
});
type Given = typeof world extends fc.Arbitrary<infer T> ? T : never;

type Person = Given['before']['users'][number];
type Team = Given['before']['groups'][number];

const ABSENT: Person = { state: 'absent', moved: false, admin: null };
const person = (values: Partial<Person>): Person => ({ ...ABSENT, state: 'active', ...values });

/** A directory of the first person and the first group. */
function stating(first: Person = ABSENT, team?: Partial<Team>): Given['before'] {
  const none: Team = { state: 'absent', name: false, members: [] };
  return {
    users: [first, ...Array.from({ length: PEOPLE - 1 }, () => ABSENT)],
    groups: [{ ...none, ...team }, ...Array.from({ length: GROUPS - 1 }, () => none)],
  };
}

/** Worlds that the property found, made small, and what the plan says that it does not undo. */
const WORLDS: Readonly<Record<string, Given & { readonly says: readonly string[] }>> = {
  'takes back a role that was given, also when the IdP named none since': {
    mode: { members: ['member'], groups: [] },
    before: stating(person({ admin: null })),
    after: [stating(person({ admin: true })), stating(person({ admin: null }))],
    says: [],
  },
  'says which account keeps the address of an invite within the window': {
    mode: { members: [], groups: [] },
    before: stating(person({ moved: true })),
    after: [stating(person({ state: 'inactive' })), stating(person({}))],
    says: ['account_keeps_address address p0@x.test'],
  },
  // From the seed 202, path "1": the IdP takes the group over and renames it.
  'gives a group back that Mode had the person in, also when the IdP pushed it after the removal': {
    mode: { members: ['admin'], groups: [{ exists: true, members: [0] }] },
    before: stating(),
    after: [
      stating(person({ state: 'inactive' })),
      stating(person({ admin: true }), { state: 'wanted', name: true, members: [0] }),
    ],
    says: [],
  },
  'gives the account of the earlier address back when the IdP took another one for it since': {
    mode: { members: ['member'], groups: [] },
    before: stating(person({ moved: true, admin: true })),
    after: [stating(person({ state: 'inactive', moved: true })), stating(person({ admin: false }))],
    says: ['account_released access p0@x.test', 'must_accept access moved-p0@x.test'],
  },
  'says which second account of a person it does not bring back': {
    mode: { members: ['member'], groups: [] },
    before: stating(person({ moved: true })),
    after: [
      stating(person({ state: 'inactive', moved: true })),
      stating(person({})),
      stating(person({ state: 'inactive' })),
    ],
    says: ['must_accept access moved-p0@x.test', 'second_account access p0@x.test'],
  },
  'invites under the address that Mode had, whatever the IdP calls the person by now': {
    mode: { members: ['admin'], groups: [] },
    before: stating(),
    after: [stating(person({ state: 'inactive' })), stating(person({ state: 'inactive', moved: true }))],
    says: ['must_accept access p0@x.test'],
  },
};

/** Nobody is deleted: that cannot be undone. */
async function state(company: Company, wanted: Given['before'], ids: Map<string, string>): Promise<void> {
  const { users, groups } = company;
  for (const [index, { state: is, moved, admin }] of wanted.users.entries()) {
    const values = {
      active: is === 'active',
      admin,
      email: moved ? `moved-${address(index)}` : address(index),
    };
    const id = ids.get(`u${index}`);
    if (id !== undefined) await users.update(okta, id, (now) => user(index, values, now));
    else if (is !== 'absent') ids.set(`u${index}`, (await users.create(okta, user(index, values))).id);
  }
  for (const [index, { state: is, name, members }] of wanted.groups.entries()) {
    const displayName = `Group ${index}${name ? '' : ' old'}`;
    const draft = group(displayName);
    const all = (await groups.list(W, { limit: 10 })).items;
    const isTaken = all.some((each) => each.displayName === displayName);
    const userIds = members.flatMap((member) => ids.get(`u${member}`) ?? []);
    const id = ids.get(`g${index}`);
    if (id !== undefined)
      await groups.update(okta, id, (now) => ({
        draft: isTaken ? now : draft,
        members: { kind: 'replace', members: userIds },
      }));
    else if (is === 'wanted') ids.set(`g${index}`, (await groups.create(okta, draft, userIds)).id);
  }
}

async function check(engine: EngineName, { mode, before, after }: Given): Promise<UndoPlan> {
  const members = mode.members.flatMap((is, index) =>
    is === 'absent' ? [] : [{ email: address(index), username: `p${index}`, admin: is === 'admin' }],
  );
  const there = new Set(members.map(({ email }) => email));
  const company = await openCompany(
    engine,
    {
      members,
      groups: mode.groups.flatMap(({ exists, members: indexes }, index) =>
        exists
          ? [{ name: `Group ${index}`, members: indexes.map(address).filter((email) => there.has(email)) }]
          : [],
      ),
    },
    NO_BREAKER,
  );
  const ids = new Map<string, string>();
  await company.settle();
  await state(company, before, ids);
  await company.settle();
  const then = company.modeState();
  const from = company.instant();
  for (const wanted of after) {
    await state(company, wanted, ids);
    await company.settle();
  }
  const plan = await company.undo(from);
  // Who cannot have their address back stays as they are, and who waited for an address gets it: the plan says so, as it
  // says what is blocked.
  const restored = new Set(plan.restored.map(({ subject }) => subject.id));
  const isAlone = plan.steps.every((step) => {
    return isTaken(step) && (step.subject.kind === 'group' || restored.has(step.subject.id));
  });
  if (isAlone && plan.notUndone.every(({ code }) => AS_BEFORE.has(code)))
    expect(besideReleased(company.modeState(), plan), JSON.stringify(found(plan))).toEqual(
      besideReleased(
        {
          members: then.members
            .filter((line) => !isSecond(line, plan))
            .map((line) => underKept(line, plan))
            .sort(),
          // No IdP has them: who was removed is not in them any more.
          groups: then.groups.map((line) => underKept(without(line, plan), plan)),
        },
        plan,
      ),
    );
  const again = await company.undos.plan(okta, { from, to: new Date(plan.span.to).toISOString() });
  expect(again.restored).toEqual([]);
  await company.stop();
  return plan;
}

/** An account that the plan says nobody gets back. */
function isSecond(line: string, { notUndone }: UndoPlan): boolean {
  return notUndone.some(({ code, name }) => code === 'second_account' && line.startsWith(`${name} `));
}

/** Accounts that are nobody's again are there, with the role and the groups of today. */
function besideReleased(mode: ReturnType<Company['modeState']>, { notUndone }: UndoPlan): typeof mode {
  const names = notUndone.flatMap(({ code, name }) => (code === 'account_released' ? [name] : []));
  return {
    members: mode.members.map((line) =>
      names.some((name) => line.startsWith(`${name} `)) ? line.replace(/ admin$/, '') : line,
    ),
    groups: mode.groups.map((line) => names.reduce((rest, name) => rest.replace(` ${name}`, ''), line)),
  };
}

function without(line: string, { notUndone }: UndoPlan): string {
  const lost = notUndone.filter(
    ({ code, group: name }) => code === 'group_of_mode' && line.startsWith(`${name ?? ''}:`),
  );
  return lost.reduce((rest, { name }) => rest.replace(` ${name}`, ''), line);
}

/** A line of people, with those whose account keeps the address of today under that one. */
function underKept(line: string, { notUndone, restored }: UndoPlan): string {
  const keeping = new Set(
    notUndone.flatMap(({ code, subject }) => (code === 'account_keeps_address' ? [subject?.id] : [])),
  );
  const kept = new Map(
    restored.flatMap(({ what, subject, from, to }) =>
      what === 'address' && keeping.has(subject.id) ? [[String(to), String(from)] as const] : [],
    ),
  );
  const words = line.split(' ').map((word) => kept.get(word) ?? word);
  const sorted = words.filter((word) => word.includes('@')).sort();
  return words.map((word) => (word.includes('@') ? sorted.shift() : word)).join(' ');
}
