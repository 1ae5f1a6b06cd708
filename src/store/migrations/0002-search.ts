/**
 * Documents as text that is handed through, lists that are counted and paged from an index alone, and a function
 * that folds letters the same way on both engines.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';

export const search = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema.alterTable('users').renameColumn('attributes', 'document').execute();
    await schema.alterTable('groups').renameColumn('attributes', 'document').execute();
    // The addresses have a table of their own.
    await schema.alterTable('users').dropColumn('emails').execute();
    for (const table of ['users', 'groups']) {
      await schema.dropIndex(`${table}_order`).execute();
      await present(db, `${table}_created`, table, ['workspace', 'created_at', 'id']);
      await present(db, `${table}_updated`, table, ['workspace', 'updated_at', 'id']);
    }
    // SQLite gets this function from the program, at each start.
    if (engine === 'postgres') await createFold(db);
  },
});

/** An index of what is not deleted. */
async function present(db: Kysely<unknown>, name: string, table: string, columns: string[]): Promise<void> {
  const index = db.schema.createIndex(name).on(table).columns(columns);
  await index.where(sql.ref('deleted_at'), 'is', null).execute();
}

/** By the letters of all languages, where the server knows them; every supported version does, if built with ICU. */
async function createFold(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ collname: string }>`select collname from pg_collation
    where collname in ('und-x-icu', 'pg_unicode_fast') order by collname desc limit 1`.execute(db);
  const collation = rows[0]?.collname ?? 'default';
  await sql`create or replace function bridge_fold(value text) returns text language sql immutable parallel safe
    as ${sql.lit(`select lower(value collate "${collation}")`)}`.execute(db);
}
