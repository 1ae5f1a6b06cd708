/** A database that an earlier version made is brought to this one with everything that was in it. */
import { Migrator } from 'kysely/migration';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { filterCondition } from '../../src/scim/filter/filter-condition.ts';
import { parseFilter } from '../../src/scim/filter/parse-filter.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { firstTables } from '../../src/store/migrations/0001-first-tables.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { engines, emptyDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';

const JANE = {
  userName: 'Jane@x.test',
  title: 'Analyst',
  emails: [{ value: 'Jane@x.test', type: 'work', primary: true }, { value: 'jd@home.test' }],
};

/** As the first version left it: one connection, a person with two addresses, a group with them in it. */
async function earlierDatabase(name: EngineName): Promise<string> {
  const url = await emptyDatabase(name);
  const engine: Engine = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  const { db } = engine;
  const provider = { getMigrations: () => Promise.resolve({ '0001-first-tables': firstTables(name) }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  expect(error).toBeUndefined();
  const at = 1_700_000_000_000;
  const document = JSON.stringify(JANE);
  const emails = JSON.stringify(JANE.emails);
  await sql`insert into connections values ('c1', 'acme', 'acme', 'live', ${at})`.execute(db);
  for (const kind of ['scim', 'feed'])
    await sql`insert into tokens values (${kind}, 'c1', ${kind}, 'prefix', 'digest', 'by hand', ${at}, null)`.execute(
      db,
    );
  await sql`insert into users (id, workspace, owner_id, user_name, user_name_key, external_id, active, email,
      email_key, full_name, admin, attributes, emails, version, created_at, updated_at, deleted_at)
    values ('u1', 'acme', 'c1', 'Jane@x.test', 'jane@x.test', 'e1', 1, 'Jane@x.test', 'jane@x.test', 'Jane Doe', null,
      ${document}, ${emails}, 3, ${at}, ${at}, null)`.execute(db);
  for (const address of ['jane@x.test', 'jd@home.test', 'jd@home.test'])
    await sql`insert into user_emails (user_id, value_key, type_key, is_primary) values ('u1', ${address}, '', 0)`.execute(
      db,
    );
  await sql`insert into groups (id, workspace, owner_id, display_name, display_name_key, external_id, attributes,
      version, created_at, updated_at, deleted_at)
    values ('g1', 'acme', 'c1', 'Data', 'data', null, ${'{"displayName":"Data"}'}, 1, ${at}, ${at}, null)`.execute(
    db,
  );
  for (const [id, userName, key] of [
    ['u2', 'Zoe\u0301@x.test', 'zoe\u0301@x.test'],
    ['u3', 'STRASSE@x.test', 'strasse@x.test'],
    ['u4', 'straße@x.test', 'straße@x.test'],
  ] as const)
    await sql`insert into users (id, workspace, owner_id, user_name, user_name_key, external_id, active, email,
        email_key, full_name, admin, attributes, emails, version, created_at, updated_at, deleted_at)
      values (${id}, 'acme', 'c1', ${userName}, ${key}, null, 1, null, null, null, null,
        ${JSON.stringify({ userName })}, '[]', 1, ${at + 1}, ${at}, null)`.execute(db);
  await sql`insert into group_members values ('g1', 'u1', ${at})`.execute(db);
  await sql`insert into deliveries values ('acme', 'user', 'u1', 'blocked', ${REASON}, ${at})`.execute(db);
  await engine.close();
  return url;
}

const REASON = 'Mode has \u201cno\u201d "seat"; wait.';

describe.each(engines)('a database of the first version, on %s', (name) => {
  it('keeps its people, their addresses, groups and memberships, and is searched as a new one', async () => {
    const store = await storeAt(await earlierDatabase(name));

    const found = await store.views.user('acme', 'u1');
    expect(found?.user).toMatchObject({ userName: 'Jane@x.test', externalId: 'e1', version: 3 });
    expect(JSON.parse(found?.user.document ?? '')).toEqual(JANE);
    expect(found?.groups).toEqual([{ id: 'g1', displayName: 'Data' }]);

    for (const filter of ['emails.value eq "JD@home.test"', 'title eq "analyst"', 'userName sw "jane"']) {
      const where = filterCondition(userSchema, parseFilter(filter));
      const page = await store.directory.users('acme', { where, limit: 10 });
      expect([filter, page.items.map((user) => user.id)]).toEqual([filter, ['u1']]);
    }
  });

  it('keeps its tokens: those of an IdP for the connection, every other for the workspace', async () => {
    const { access } = await storeAt(await earlierDatabase(name));
    const known = { workspace: 'acme', digest: 'digest', label: 'by hand', revokedAt: null };
    const tokens = (await access.tokens()).toSorted((a, b) => a.id.localeCompare(b.id));
    expect(tokens).toMatchObject([
      { ...known, id: 'feed', connectionId: null },
      { ...known, id: 'scim', connectionId: 'c1' },
    ]);
    expect(await access.connection('c1')).toMatchObject({ state: 'live' });
  });

  it('keeps the reasons that were stored as sentences', async () => {
    const store = await storeAt(await earlierDatabase(name));
    const { troubled } = await store.status.status('acme', 10);
    expect(troubled).toMatchObject([
      { id: 'u1', delivery: 'blocked', reasons: [{ code: 'earlier_version', params: { text: REASON } }] },
    ]);
    const found = await store.views.user('acme', 'u1');
    expect(found?.onMode.delivery).toMatchObject({ state: 'blocked', reason: REASON });
  });

  it('is brought up once', async () => {
    const url = await earlierDatabase(name);
    const store = await storeAt(url);
    expect(await store.migrate()).toEqual([]);
  });

  it('has its names compared as new ones are, and two that are the same now both stay', async () => {
    const store = await storeAt(await earlierDatabase(name));
    const found = async (filter: string) => {
      const where = filterCondition(userSchema, parseFilter(filter));
      return (await store.directory.users('acme', { where, limit: 5 })).items.map(({ id }) => id);
    };
    expect(await found('userName eq "ZOÉ@x.test"')).toEqual(['u2']);
    expect(await found('userName eq "straße@X.test"')).toEqual(['u3']);
    const user = await store.directory.user('acme', 'u4');
    if (user === undefined) throw new Error('u4 is gone');
    const left = { ...user, active: false, version: user.version + 1 };
    const steps = [{ step: 'update_user', user: left, emails: [] }] as const;
    const write = { workspace: 'acme', at: 0, steps, changes: [], subjects: [] };
    expect(await store.directory.commit(write)).toBe('committed');
    const renamed = { ...left, userName: 'Strasse@x.test', version: left.version + 1 };
    const rename = [{ step: 'update_user', user: renamed, emails: [] }] as const;
    expect(await store.directory.commit({ ...write, steps: rename })).toBe('duplicate');
  });
});
