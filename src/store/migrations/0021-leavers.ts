/**
 * How long leavers kept their access. There are no rows from earlier versions, which did not store when a person left.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const leavers: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('leavers')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('cause', 'text', (c) => c.notNull())
      .addColumn('request_id', 'text')
      .addColumn('asked_at', 'bigint', (c) => c.notNull())
      .addColumn('removed_at', 'bigint')
      .addColumn('account', 'text')
      .addColumn('verified_at', 'bigint')
      .addColumn('cancelled_at', 'bigint')
      .addColumn('measured_at', 'bigint')
      .addColumn('reported_at', 'bigint')
      .addColumn('after_position', 'bigint', (c) => c.notNull())
      .addColumn('until_position', 'bigint')
      .execute();
    await schema
      .createIndex('leavers_asked')
      .on('leavers')
      .columns(['workspace', 'asked_at', 'id'])
      .execute();
    // A user leaves once at a time.
    await schema
      .createIndex('leavers_open')
      .unique()
      .on('leavers')
      .column('user_id')
      .where(sql.ref('verified_at'), 'is', null)
      .where(sql.ref('cancelled_at'), 'is', null)
      .execute();
    await schema
      .createIndex('leavers_new')
      .on('leavers')
      .columns(['workspace', 'asked_at'])
      .where(sql.ref('measured_at'), 'is', null)
      .where(sql.ref('cancelled_at'), 'is', null)
      .execute();
  },
};
