/** The request log, and the request of each change. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

export const requestTables = (engine: Engine['name']): Migration => ({
  async up({ schema }: Kysely<unknown>): Promise<void> {
    const counter = engine === 'sqlite' ? sql`integer primary key autoincrement` : sql`bigserial primary key`;
    // What a list is filtered by takes few combinations of values: with a number for each, one index serves all filters.
    await schema
      .createTable('request_kinds')
      .addColumn('id', counter)
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('profile', 'text', (c) => c.notNull())
      .addColumn('method', 'text', (c) => c.notNull())
      .addColumn('status', 'integer', (c) => c.notNull())
      .addUniqueConstraint('request_kinds_key', ['workspace', 'connection_id', 'profile', 'method', 'status'])
      .execute();
    await schema
      .createTable('requests')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'bigint', (c) => c.notNull())
      .addColumn('route', 'text', (c) => c.notNull())
      .addColumn('resource_id', 'text')
      .addColumn('bucket', 'integer')
      .addColumn('attributes', 'text', (c) => c.notNull())
      .addColumn('unknown_attributes', 'integer', (c) => c.notNull())
      .addColumn('operations', 'text', (c) => c.notNull())
      .addColumn('filter', 'text', (c) => c.notNull())
      .addColumn('scim_type', 'text')
      .addColumn('duration_ms', 'double precision', (c) => c.notNull())
      .execute();
    await schema.createIndex('requests_kind').on('requests').columns(['kind', 'at']).execute();
    // Ids are random: with an index of ids, each row would change another page of the file. Each bucket grows at its end.
    await schema
      .createIndex('requests_resource')
      .on('requests')
      .columns(['bucket', 'at', 'resource_id'])
      .where(sql.ref('bucket'), 'is not', null)
      .execute();
    // The resources of bulk requests.
    await schema
      .createTable('request_resources')
      .addColumn('resource_id', 'text', (c) => c.notNull())
      .addColumn('request_id', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('request_resources_key', ['resource_id', 'request_id'])
      .execute();
    await schema
      .createIndex('request_resources_request')
      .on('request_resources')
      .column('request_id')
      .execute();
    await schema.alterTable('changes').addColumn('request_id', 'text').execute();
  },
});
