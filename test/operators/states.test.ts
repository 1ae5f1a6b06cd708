/** The state at a time in the past is what the tables had then. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStates } from '../../src/operators/state/states.ts';
import type { StateEntry } from '../../src/operators/state/state-entry.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { standingClock, steps, WORKSPACE, worldOf } from '../feed/world.ts';
import { storeAt } from '../stores.ts';

const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 15, postgres: 4 };

describe.each(engines)('the state at a time, on %s', (engine) => {
  async function open() {
    const url = await freshDatabase(engine);
    const store = await storeAt(url);
    const clock = standingClock();
    const second = engine === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    onTestFinished(() => second.close());
    return { clock, db: second.db, world: worldOf(store, clock), states: createStates(store.log, clock) };
  }

  it('is what the tables had at that time, whatever happened before and after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30 }), async (story) => {
        const { clock, db, world, states } = await open();
        const recorded: { readonly at: number; readonly lines: readonly string[] }[] = [];
        for (const step of story) {
          await world(step);
          recorded.push({ at: clock.now(), lines: await tableLines(db) });
          clock.pass(1_000);
        }
        const begun = recorded.filter(({ lines }) => lines.length > 0);
        for (const { at, lines } of begun) {
          const found = await states.at(WORKSPACE, new Date(at).toISOString());
          expect([...found.entries].map(lineOf)).toEqual(lines);
        }
        const [first, last] = [begun[0], begun.at(-1)];
        if (first === undefined || last === undefined) return;
        const { differences } = await states.diff(
          WORKSPACE,
          new Date(first.at).toISOString(),
          new Date(last.at).toISOString(),
        );
        const after = [...first.lines];
        for (const difference of differences) {
          const { entry, change } = difference;
          const before = difference.change === 'changed' ? difference.before : entry.detail;
          if (change !== 'added') after.splice(after.indexOf(lineOf({ ...entry, detail: before })), 1);
          if (change !== 'removed') after.push(lineOf(entry));
        }
        expect(after.toSorted()).toEqual(last.lines.toSorted());
      }),
      { numRuns: RUNS[engine] },
    );
  });

  it('is rejected for a time before the log, in the future, or not valid', async () => {
    const { clock, states, world } = await open();
    const at = () => new Date(clock.now()).toISOString();
    await expect(states.at(WORKSPACE, at())).rejects.toThrow('is empty');
    await world({ what: 'push_user', person: 0, team: 0, yes: true, also: true });
    const begin = at();
    await expect(states.at(WORKSPACE, '1970-01-01T00:00:00Z')).rejects.toThrow(`begins at ${begin}`);
    clock.pass(1_000);
    await expect(states.at(WORKSPACE, new Date(clock.now() + 1).toISOString())).rejects.toThrow(
      'in the future',
    );
    await expect(states.at(WORKSPACE, 'yesterday')).rejects.toThrow('is not a time');
    await expect(states.diff(WORKSPACE, at(), begin)).rejects.toThrow('after the second');
    expect((await states.at(WORKSPACE, begin)).position).toBeGreaterThan(0);
  });
});

function lineOf({ side, what, group, name, detail }: StateEntry): string {
  return [side, what, group, name, detail].join('|');
}

/** From the tables, one by one. In the order of a state. */
async function tableLines(db: Engine['db']): Promise<readonly string[]> {
  const users = await db.selectFrom('users').selectAll().where('deleted_at', 'is', null).execute();
  const groups = await db.selectFrom('groups').selectAll().where('deleted_at', 'is', null).execute();
  const inGroups = await db.selectFrom('group_members').selectAll().execute();
  const members = await db
    .selectFrom('observed_members')
    .selectAll()
    .where('state', '!=', 'former')
    .execute();
  const modeGroups = await db.selectFrom('observed_groups').selectAll().execute();
  const observed = await db.selectFrom('observed_group_members').selectAll().execute();
  const sorted = (lines: readonly (readonly string[])[]) =>
    lines.map((parts) => parts.join('|')).sort((a, b) => (a < b ? -1 : 1));
  const people = users.filter(({ active, owner_id: owner }) => active === 1 && owner !== null);
  const owned = groups.filter(({ owner_id: owner }) => owner !== null);
  return [
    ...sorted(
      people.map(({ user_name: name, admin }) => [
        'idp',
        'person',
        '',
        name,
        admin === null ? 'no role named' : admin === 1 ? 'admin' : 'member',
      ]),
    ),
    ...sorted(owned.map(({ display_name: name }) => ['idp', 'group', '', name, ''])),
    ...sorted(
      owned.flatMap((group) =>
        inGroups
          .filter(({ group_id: id }) => id === group.id)
          .flatMap(({ user_id: id }) => {
            const user = users.find((row) => row.id === id && row.active === 1);
            return user === undefined ? [] : [['idp', 'member', group.display_name, user.user_name, '']];
          }),
      ),
    ),
    ...sorted(
      members.map((row) => [
        'mode',
        'person',
        '',
        row.email ?? row.member_key,
        row.state === 'active' ? (row.admin === 1 ? 'admin' : 'member') : row.state,
      ]),
    ),
    ...sorted(modeGroups.map(({ name }) => ['mode', 'group', '', name, ''])),
    ...sorted(
      modeGroups.flatMap((group) => {
        const tokens = new Set(
          observed.flatMap((row) => (row.group_token === group.token ? row.member_token : [])),
        );
        return [...tokens].flatMap((token) => {
          const member = members.find((row) => row.member_key === token && row.state === 'active');
          return member === undefined ? [] : [['mode', 'member', group.name, member.email ?? token, '']];
        });
      }),
    ),
  ];
}
