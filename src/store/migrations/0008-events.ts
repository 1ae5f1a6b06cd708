/** SCIM events: the changes of one write, the position of each receiver, and the signing keys. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const eventTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.alterTable('changes').addColumn('txn', 'text').execute();
    await schema
      .createTable('event_streams')
      .addColumn('token_id', 'text', (c) => c.primaryKey().references('tokens.id'))
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('position', 'bigint', (c) => c.notNull())
      .addColumn('polled_at', 'bigint', (c) => c.notNull())
      .addColumn('errors', 'bigint', (c) => c.notNull())
      .addColumn('last_error', 'text')
      .addColumn('last_error_at', 'bigint')
      .execute();
    await schema
      .createTable('events_done')
      .addColumn('token_id', 'text', (c) => c.notNull().references('event_streams.token_id'))
      .addColumn('position', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('events_done_key', ['token_id', 'position'])
      .execute();
    await schema
      .createTable('event_keys')
      .addColumn('kid', 'text', (c) => c.primaryKey())
      .addColumn('public_key', 'text', (c) => c.notNull())
      .addColumn('private_key', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute();
  },
};
