/** The directory, the change log, jobs, and what is known of Mode. */
import { sql, type CreateTableBuilder, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

export const firstTables = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    const integer = 'bigint' as const;

    await schema
      .createTable('connections')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .execute();

    await schema
      .createTable('tokens')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('connection_id', 'text', (c) => c.notNull().references('connections.id'))
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('prefix', 'text', (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull())
      .addColumn('label', 'text', (c) => c.notNull())
      .addColumn('created_at', integer, (c) => c.notNull())
      .addColumn('revoked_at', integer)
      .execute();
    await schema.createIndex('tokens_prefix').on('tokens').column('prefix').execute();

    await versioned(schema.createTable('users'))
      .addColumn('user_name', 'text', (c) => c.notNull())
      .addColumn('user_name_key', 'text', (c) => c.notNull())
      .addColumn('active', integer, (c) => c.notNull())
      .addColumn('email', 'text')
      .addColumn('email_key', 'text')
      .addColumn('full_name', 'text')
      .addColumn('admin', integer)
      .addColumn('emails', 'text', (c) => c.notNull())
      .execute();
    await unique(db, 'users_user_name', 'users', 'user_name_key');
    await schema.createIndex('users_external_id').on('users').columns(['workspace', 'external_id']).execute();
    await schema.createIndex('users_email').on('users').columns(['workspace', 'email_key']).execute();
    await schema.createIndex('users_order').on('users').columns(['workspace', 'created_at', 'id']).execute();

    await schema
      .createTable('user_emails')
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
      .addColumn('value_key', 'text', (c) => c.notNull())
      .addColumn('type_key', 'text', (c) => c.notNull())
      .addColumn('is_primary', integer, (c) => c.notNull())
      .execute();
    await schema.createIndex('user_emails_value').on('user_emails').column('value_key').execute();
    await schema.createIndex('user_emails_user').on('user_emails').column('user_id').execute();

    await versioned(schema.createTable('groups'))
      .addColumn('display_name', 'text', (c) => c.notNull())
      .addColumn('display_name_key', 'text', (c) => c.notNull())
      .execute();
    await unique(db, 'groups_display_name', 'groups', 'display_name_key');
    await schema
      .createIndex('groups_external_id')
      .on('groups')
      .columns(['workspace', 'external_id'])
      .execute();
    await schema
      .createIndex('groups_order')
      .on('groups')
      .columns(['workspace', 'created_at', 'id'])
      .execute();

    await schema
      .createTable('group_members')
      .addColumn('group_id', 'text', (c) => c.notNull().references('groups.id'))
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id'))
      .addColumn('added_at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('group_members_key', ['group_id', 'user_id'])
      .execute();
    await schema.createIndex('group_members_user').on('group_members').column('user_id').execute();

    // The engines spell a number that counts up by itself differently.
    const counter = engine === 'sqlite' ? sql`integer primary key autoincrement` : sql`bigserial primary key`;
    await schema
      .createTable('changes')
      .addColumn('position', counter)
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('at', integer, (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('subject_kind', 'text')
      .addColumn('subject_id', 'text')
      .addColumn('data', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('changes_order').on('changes').columns(['workspace', 'position']).execute();

    await ofSubject(schema.createTable('jobs'), 'jobs_key')
      .addColumn('run_at', integer, (c) => c.notNull())
      .addColumn('attempts', integer, (c) => c.notNull())
      .addColumn('verifying', integer, (c) => c.notNull())
      .addColumn('generation', integer, (c) => c.notNull())
      .addColumn('claimed_generation', integer)
      .addColumn('lease', 'text')
      .addColumn('lease_until', integer)
      .addColumn('parked', integer, (c) => c.notNull())
      .addColumn('reason', 'text')
      .execute();
    await schema
      .createIndex('jobs_due')
      .on('jobs')
      .columns(['workspace', 'parked', 'verifying', 'run_at'])
      .execute();

    await ofSubject(schema.createTable('deliveries'), 'deliveries_key')
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('updated_at', integer, (c) => c.notNull())
      .execute();

    await ofSubject(schema.createTable('links'), 'links_key')
      .addColumn('token', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('links_token').on('links').columns(['workspace', 'kind', 'token']).execute();

    await schema
      .createTable('observed_members')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('member_key', 'text', (c) => c.notNull())
      .addColumn('member_token', 'text')
      .addColumn('membership_token', 'text')
      .addColumn('username', 'text')
      .addColumn('email', 'text')
      .addColumn('email_key', 'text')
      .addColumn('name', 'text')
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('admin', integer, (c) => c.notNull())
      .addColumn('managed_by_scim', integer, (c) => c.notNull())
      .addColumn('written_at', integer)
      .addPrimaryKeyConstraint('observed_members_key', ['workspace', 'member_key'])
      .execute();
    await schema
      .createIndex('observed_members_email')
      .on('observed_members')
      .columns(['workspace', 'email_key'])
      .execute();

    await schema
      .createTable('observed_groups')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('writable', integer, (c) => c.notNull())
      .addColumn('written_at', integer)
      .addPrimaryKeyConstraint('observed_groups_key', ['workspace', 'token'])
      .execute();

    await schema
      .createTable('observed_group_members')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('group_token', 'text', (c) => c.notNull())
      .addColumn('member_token', 'text', (c) => c.notNull())
      .addColumn('group_membership_token', 'text', (c) => c.notNull())
      .addColumn('written_at', integer)
      .addPrimaryKeyConstraint('observed_group_members_key', [
        'workspace',
        'group_token',
        'member_token',
        'group_membership_token',
      ])
      .execute();

    await schema
      .createTable('read_times')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('list', 'text', (c) => c.notNull())
      .addColumn('read_at', integer, (c) => c.notNull())
      .addPrimaryKeyConstraint('read_times_key', ['workspace', 'list'])
      .execute();

    await schema
      .createTable('outages')
      .addColumn('workspace', 'text', (c) => c.primaryKey())
      .addColumn('since', integer, (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .execute();
  },
});

type TableBuilder = CreateTableBuilder<string>;

/** What users and groups have in common. */
function versioned(table: TableBuilder): TableBuilder {
  return table
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('owner_id', 'text')
    .addColumn('external_id', 'text')
    .addColumn('attributes', 'text', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('deleted_at', 'bigint');
}

/** A table with one row for a user or a group. */
function ofSubject(table: TableBuilder, key: string): TableBuilder {
  return table
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint(key, ['workspace', 'kind', 'subject_id'] as never);
}

/** A name is taken once within a workspace; a deleted resource does not hold it. */
async function unique(db: Kysely<unknown>, name: string, table: string, column: string): Promise<void> {
  await db.schema
    .createIndex(name)
    .unique()
    .on(table)
    .columns(['workspace', column])
    .where(sql.ref('deleted_at'), 'is', null)
    .execute();
}
