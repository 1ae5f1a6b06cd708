/** The capabilities of a workspace, their routes, and the last probe. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const capabilityTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('capability_routes')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('capability', 'text', (c) => c.notNull())
      .addColumn('route', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('answer', 'text')
      .addColumn('at', 'bigint')
      .addPrimaryKeyConstraint('capability_routes_key', ['workspace', 'capability', 'route'])
      .execute();
    await schema
      .createTable('probes')
      .addColumn('workspace', 'text', (c) => c.primaryKey())
      .addColumn('fingerprint', 'text')
      .addColumn('probed_at', 'bigint')
      .addColumn('afresh_at', 'bigint')
      .addColumn('findings', 'text')
      .addColumn('asked_at', 'bigint')
      .execute();
  },
};
