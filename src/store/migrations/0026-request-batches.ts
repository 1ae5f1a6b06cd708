/**
 * The request log in batches. A row for each request, with its indexes, took a tenth of the time of a request. Requests
 * that earlier versions logged are not kept.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const requestBatches: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.dropTable('request_resources').execute();
    await schema.dropTable('requests').execute();
    await schema
      .createTable('request_batches')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('first_id', 'text', (c) => c.notNull())
      .addColumn('last_id', 'text', (c) => c.notNull())
      .addColumn('first_at', 'bigint', (c) => c.notNull())
      .addColumn('last_at', 'bigint', (c) => c.notNull())
      .addColumn('requests', 'integer', (c) => c.notNull())
      .addColumn('resources', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createIndex('request_batches_time')
      .on('request_batches')
      .columns(['last_at', 'id'])
      .execute();
    await schema
      .createTable('request_batch_kinds')
      .addColumn('batch_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('request_batch_kinds_key', ['batch_id', 'kind'])
      .execute();
    // In its own table, so that a search for batches reads little.
    await schema
      .createTable('request_contents')
      .addColumn('batch_id', 'text', (c) => c.primaryKey())
      .addColumn('content', 'text', (c) => c.notNull())
      .execute();
  },
};
