/**
 * Names are compared in a composed form and with full case folding, in the same way on both engines. Existing keys are
 * computed again.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { foldText } from '../../directory/fold.ts';
import type { Engine } from '../engine/engine.ts';

const ROWS_AT_ONCE = 1_000;

interface Named {
  readonly id: string;
  readonly workspace: string;
  readonly name: string;
  readonly key: string;
  readonly deleted_at: number | null;
}

export const nameKeys = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    // SQLite gets this function from the program, at each start.
    if (engine === 'postgres') await createFold(db);
    await foldNames(db, 'users', 'user_name');
    await foldNames(db, 'groups', 'display_name');
    await foldAddresses(db);
  },
});

/**
 * The same steps as in `foldText`. A database that is not in UTF-8 cannot compose text, so its text stays unchanged.
 */
async function createFold(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ collname: string }>`select collname from pg_collation
    where collname in ('und-x-icu', 'pg_unicode_fast') order by collname desc limit 1`.execute(db);
  const collation = sql.id(rows[0]?.collname ?? 'default');
  const { rows: encodings } = await sql<{ name: string }>`select getdatabaseencoding() as name`.execute(db);
  if (encodings[0]?.name !== 'UTF8') return;
  const cases = (text: ReturnType<typeof sql>) =>
    sql`lower(upper(lower(${text} collate ${collation}) collate ${collation}) collate ${collation})`;
  const aside = sql`replace(normalize(value, NFC), chr(305), chr(57344))`;
  const folded = sql`normalize(replace(replace(${cases(aside)}, chr(57344), chr(305)), chr(962), chr(963)), NFC)`;
  await sql`create or replace function bridge_fold(value text) returns text language sql immutable parallel safe
    return ${folded}`.execute(db);
}

/** If two keys are now equal, the second keeps its old key, so that nothing is lost and it can be renamed. */
async function foldNames(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  const [rows, name, key] = [sql.table(table), sql.ref(column), sql.ref(`${column}_key`)];
  for (let after = ''; ;) {
    const { rows: page } = await sql<Named>`select id, workspace, ${name} as name, ${key} as key, deleted_at
      from ${rows} where id > ${after} order by id limit ${sql.lit(ROWS_AT_ONCE)}`.execute(db);
    for (const row of page) {
      const folded = foldText(row.name.trim());
      if (folded === row.key) continue;
      const others = await sql`select 1 from ${rows}
        where workspace = ${row.workspace} and ${key} = ${folded} and deleted_at is null`.execute(db);
      if (row.deleted_at === null && others.rows.length > 0) continue;
      await sql`update ${rows} set ${key} = ${folded} where id = ${row.id}`.execute(db);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_AT_ONCE) return;
    after = last.id;
  }
}

/** The addresses by which people are searched. */
async function foldAddresses(db: Kysely<unknown>): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ id: string }>`select distinct user_id as id from user_addresses
      where user_id > ${after} order by user_id limit ${sql.lit(ROWS_AT_ONCE)}`.execute(db);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return;
    const { rows: addresses } = await sql<{
      id: string;
      key: string;
    }>`select user_id as id, address_key as key
      from user_addresses where user_id >= ${first.id} and user_id <= ${last.id}`.execute(db);
    for (const { id, key } of addresses) {
      const folded = foldText(key);
      if (folded === key) continue;
      await sql`delete from user_addresses where user_id = ${id} and address_key = ${key}`.execute(db);
      await sql`insert into user_addresses (user_id, address_key) values (${id}, ${folded})
        on conflict do nothing`.execute(db);
    }
    after = last.id;
  }
}
