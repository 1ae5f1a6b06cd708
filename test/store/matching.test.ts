/** Which account a user is: the pure rule and the SQL of both engines say the same, whatever the tables hold. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { matchAccounts } from '../../src/provisioning/matching/match-accounts.ts';
import { memberKey } from '../../src/provisioning/model/observation.ts';
import { matchingReads } from '../../src/store/matching/matching-reads.ts';
import { matchedAccounts } from '../../src/store/matching/matching-sql.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';

const W = 'acme';
const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 120, postgres: 50 };
const ADDRESSES = ['a@x.test', 'b@x.test', 'c@x.test'];
const TOKENS = ['t0', 't1', 't2', 't3'];

const address = fc.constantFrom(...ADDRESSES);
const token = fc.constantFrom(...TOKENS);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const users = fc.array(
  fc.record({
    owned: fc.boolean(),
    active: fc.boolean(),
    deleted: fc.boolean(),
    leaving: fc.boolean(),
    address: maybe(address),
    createdAt: fc.nat(2),
  }),
  { minLength: 1, maxLength: 6 },
);
const members = fc.uniqueArray(
  fc.record({
    token: maybe(token),
    address: maybe(address),
    state: fc.constantFrom('active', 'invited', 'former'),
  }),
  { maxLength: 5, selector: (member) => member.token ?? `email:${member.address ?? ''}` },
);
const person = fc.nat(5);
const world = fc.record({
  users,
  members,
  links: fc.uniqueArray(
    fc.record({ person, token, origin: fc.constantFrom('auto', 'invited', 'operator') }),
    {
      maxLength: 4,
      selector: (link) => link.token,
    },
  ),
  refused: fc.array(fc.record({ person, token }), { maxLength: 3 }),
  invites: fc.uniqueArray(
    fc.record({ person: maybe(person), address, state: fc.constantFrom('pending', 'accepted', 'withdrawn') }),
    { maxLength: 3, selector: (invite) => invite.address },
  ),
});

describe.each(engines)('matching, on %s', (engineName) => {
  it('is the same in SQL, for all and for one, as in the pure rule', { timeout: 60_000 }, async () => {
    const url = await freshDatabase(engineName);
    await storeAt(url);
    const engine = engineName === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    onTestFinished(() => engine.close());
    const { db } = engine;
    if (engineName === 'sqlite') await sql`pragma synchronous = off`.execute(db);
    const reads = matchingReads(engine);
    const matchedSql = async (chosen = sql``) => {
      const { rows } = await sql<{ user_id: string; member_key: string }>`
        ${matchedAccounts(W, chosen)} order by user_id`.execute(db);
      return rows.map((row) => [row.user_id, row.member_key]);
    };

    const seed = async (given: typeof world extends fc.Arbitrary<infer T> ? T : never) => {
      for (const table of ['users', 'observed_members', 'links', 'refused_links', 'invites'] as const)
        await db.deleteFrom(table).execute();
      const ids = given.users.map((_, index) => `u${index}`);
      const idOf = (index: number) => ids[index];
      const rows = given.users.map(
        (user, index) =>
          ({
            id: `u${index}`,
            workspace: W,
            owner_id: user.owned ? 'okta' : null,
            user_name: `u${index}`,
            user_name_key: `u${index}`,
            external_id: null,
            active: user.active ? 1 : 0,
            email: user.address,
            email_key: user.address,
            full_name: null,
            admin: null,
            document: '{}',
            version: 1,
            created_at: user.createdAt,
            updated_at: 1,
            deleted_at: user.deleted ? 1 : null,
            account_key: user.address,
            leaving: user.leaving && (user.deleted || !user.active) ? 1 : 0,
          }) as const,
      );
      await db.insertInto('users').values(rows).execute();
      const observed = given.members
        .filter((member) => member.token !== null || member.address !== null)
        .map((member) => ({
          workspace: W,
          member_key: member.token ?? `email:${member.address ?? ''}`,
          member_token: member.token,
          membership_token: null,
          username: null,
          email: member.address,
          email_key: member.address,
          name: null,
          state: member.state,
          raw_state: null,
          admin: 0 as const,
          managed_by_scim: 0 as const,
          written_at: null,
          read_at: null,
          read_how: null,
        }));
      if (observed.length > 0) await db.insertInto('observed_members').values(observed).execute();
      const linked = new Set<string>();
      for (const link of given.links) {
        const id = idOf(link.person);
        if (id === undefined || linked.has(id)) continue;
        linked.add(id);
        const row = { workspace: W, kind: 'user', subject_id: id, token: link.token, origin: link.origin };
        await db.insertInto('links').values(row).execute();
      }
      for (const { person: index, token: refusedToken } of given.refused) {
        const id = idOf(index);
        if (id === undefined) continue;
        const row = { workspace: W, kind: 'user', subject_id: id, token: refusedToken, at: 1 };
        await db
          .insertInto('refused_links')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      for (const invite of given.invites) {
        const sent = {
          sends: 1,
          first_sent_at: 1,
          sent_at: 1,
          expires_at: null,
          reason: null,
          updated_at: 1,
        };
        const user_id = invite.person === null ? null : (idOf(invite.person) ?? null);
        const row = {
          workspace: W,
          email_key: invite.address,
          email: invite.address,
          state: invite.state,
          user_id,
        };
        await db
          .insertInto('invites')
          .values({ ...row, ...sent })
          .execute();
      }
      return rows;
    };

    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const rows = await seed(given);
        const facts = await reads.all(W);
        const whole = matchAccounts(facts.users, facts.members);
        const expected = facts.users
          .flatMap(({ id }) => {
            const { member } = whole.of(id);
            return member === null ? [] : [[id, memberKey(member)]];
          })
          .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
        expect(await matchedSql()).toEqual(expected);
        // Whatever the order in which a database returns the rows.
        const turned = matchAccounts(facts.users.toReversed(), facts.members.toReversed());
        for (const { id } of facts.users) expect(turned.of(id)).toEqual(whole.of(id));
        // One account is one user.
        expect(new Set(expected.map(([, key]) => key)).size).toBe(expected.length);

        for (const { id, account_key: key } of rows) {
          const own = facts.users.find((user) => user.id === id);
          const near = await reads.around(W, {
            addresses: key === null ? [] : [key],
            tokens: own?.link === null || own === undefined ? [] : [own.link.token],
          });
          expect(matchAccounts(near.users, near.members).of(id)).toEqual(whole.of(id));
          expect(await matchedSql(sql`and users.id = ${id}`)).toEqual(
            expected.filter(([userId]) => userId === id),
          );
        }
      }),
      { numRuns: RUNS[engineName] },
    );
  });
});
