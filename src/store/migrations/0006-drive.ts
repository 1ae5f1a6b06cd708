/**
 * One writer a workspace; what a job has still to look at; when and how rows were read; what we took away; invites as a
 * state; links that people decided; what we last wrote.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const drive: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema
      .createTable('workspace_leases')
      .addColumn('workspace', 'text', (c) => c.primaryKey())
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('fence', 'bigint', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .execute();

    await schema.dropIndex('jobs_due').execute();
    for (const column of ['fence', 'look_after', 'applied_at']) {
      await schema.alterTable('jobs').addColumn(column, 'bigint').execute();
    }
    await schema.alterTable('jobs').dropColumn('lease_until').execute();
    await sql`update jobs set look_after = run_at where attempts > 0`.execute(db);
    await schema
      .createIndex('jobs_due')
      .on('jobs')
      .columns(['workspace', 'kind', 'parked', 'verifying', 'run_at'])
      .execute();

    for (const table of ['observed_members', 'observed_groups', 'observed_group_members']) {
      await schema.alterTable(table).addColumn('read_at', 'bigint').execute();
      await schema.alterTable(table).addColumn('read_how', 'text').execute();
    }
    await schema.alterTable('observed_members').addColumn('raw_state', 'text').execute();
    await schema.alterTable('read_times').addColumn('how', 'text').execute();
    for (const column of ['member_count', 'settled_count', 'members_written_at']) {
      await schema.alterTable('observed_groups').addColumn(column, 'bigint').execute();
    }
    await schema
      .createIndex('observed_members_admins')
      .on('observed_members')
      .columns(['workspace', 'admin', 'state'])
      .execute();

    await schema
      .createTable('removed_on_mode')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('list', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('written_at', 'bigint', (c) => c.notNull())
      .addColumn('still_listed', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('removed_on_mode_key', ['workspace', 'list', 'token'])
      .execute();

    await schema
      .createTable('invites')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('email_key', 'text', (c) => c.notNull())
      .addColumn('email', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('sends', 'bigint', (c) => c.notNull())
      .addColumn('first_sent_at', 'bigint', (c) => c.notNull())
      .addColumn('sent_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('reason', 'text')
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('invites_key', ['workspace', 'email_key'])
      .execute();

    await schema
      .alterTable('links')
      .addColumn('origin', 'text', (c) => c.notNull().defaultTo('auto'))
      .execute();
    await schema
      .createTable('refused_links')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('subject_id', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('refused_links_key', ['workspace', 'kind', 'subject_id', 'token'])
      .execute();

    await schema
      .createTable('last_written')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('list', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addColumn('written_at', 'bigint', (c) => c.notNull())
      .addColumn('confirmed_at', 'bigint')
      .addPrimaryKeyConstraint('last_written_key', ['workspace', 'list', 'token'])
      .execute();
    await schema.alterTable('connections').addColumn('drift', 'text').execute();
    // Everything is read again, so that every row has its time and list.
    await sql`delete from read_times`.execute(db);
  },
};
