/**
 * Documents as text that is handed through, lists that are counted and paged from an index alone, and a function
 * that folds letters the same way on both engines.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

export const search = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema.alterTable('users').renameColumn('attributes', 'document').execute();
    await schema.alterTable('groups').renameColumn('attributes', 'document').execute();
    // The addresses have a table of their own.
    await schema.alterTable('users').dropColumn('emails').execute();
    for (const table of ['users', 'groups']) {
      await schema.dropIndex(`${table}_order`).execute();
      const index = schema.createIndex(`${table}_created`).on(table);
      const columns = index.columns(['workspace', 'created_at', 'id', 'deleted_at']);
      await columns.where(sql.ref('deleted_at'), 'is', null).execute();
    }
    await createAddresses(db, engine);
    // The order of changes is that of the table itself.
    if (engine === 'sqlite') await schema.dropIndex('changes_order').execute();
    // SQLite gets this function from the program, at each start.
    if (engine === 'postgres') await createFold(db);
    else await describeSizes(db);
  },
});

/** Every address of every person, once. The fewer trees a write touches, the less goes to disk. */
async function createAddresses(db: Kysely<unknown>, engine: Engine['name']): Promise<void> {
  const table = db.schema
    .createTable('user_addresses')
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('address_key', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('user_addresses_key', ['user_id', 'address_key']);
  await (engine === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table).execute();
  await sql`insert into user_addresses select distinct user_id, value_key from user_emails`.execute(db);
  await db.schema.dropTable('user_emails').execute();
  const index = db.schema.createIndex('user_addresses_address').on('user_addresses');
  await index.column('address_key').execute();
}

/** With the letters of all languages, if the server supports them. Every supported version does when built with ICU. */
async function createFold(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ collname: string }>`select collname from pg_collation
    where collname in ('und-x-icu', 'pg_unicode_fast') order by collname desc limit 1`.execute(db);
  const collation = rows[0]?.collname ?? 'default';
  await sql`create or replace function bridge_fold(value text) returns text language sql immutable parallel safe
    as ${sql.lit(`select lower(value collate "${collation}")`)}`.execute(db);
}

/**
 * Statistics for SQLite's planner: one workspace with many people, so that the workspace selects nothing. Without them,
 * it would prefer any index that begins with the workspace.
 */
async function describeSizes(db: Kysely<unknown>): Promise<void> {
  const sizes = [
    ['users', 'sqlite_autoindex_users_1', '100000 1'],
    ['users', 'users_user_name', '100000 100000 1'],
    ['users', 'users_external_id', '100000 100000 1'],
    ['users', 'users_email', '100000 100000 1'],
    ['users', 'users_created', '100000 100000 2 1 1'],
    ['user_addresses', 'user_addresses', '100000 1 1'],
    ['user_addresses', 'user_addresses_address', '100000 1 1'],
    ['groups', 'sqlite_autoindex_groups_1', '1000 1'],
    ['groups', 'groups_display_name', '1000 1000 1'],
    ['groups', 'groups_external_id', '1000 1000 1'],
    ['groups', 'groups_created', '1000 1000 2 1 1'],
    ['group_members', 'sqlite_autoindex_group_members_1', '1000000 1000 1'],
    ['group_members', 'group_members_user', '1000000 10'],
  ] as const;
  await sql`analyze`.execute(db);
  await sql`delete from sqlite_stat1`.execute(db);
  for (const [table, index, stat] of sizes) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${stat})`.execute(db);
  }
  await sql`analyze sqlite_schema`.execute(db);
}
