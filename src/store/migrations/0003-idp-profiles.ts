/** The detected IdP of a connection, and warnings about its configuration. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const idpProfileTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('idp_profiles')
      .addColumn('connection_id', 'text', (c) => c.primaryKey())
      .addColumn('detected', 'text', (c) => c.notNull())
      .addColumn('evidence', 'text')
      .addColumn('pinned', 'text')
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createTable('idp_warnings')
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('example', 'text', (c) => c.notNull())
      .addColumn('count', 'bigint', (c) => c.notNull())
      .addColumn('first_at', 'bigint', (c) => c.notNull())
      .addColumn('last_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('idp_warnings_key', ['connection_id', 'code'])
      .execute();
  },
};
