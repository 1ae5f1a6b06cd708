/**
 * What the feed needs: the copies of the state, permissions on Mode's collections and data sources, and when people
 * were last active.
 */
import { sql, type Kysely, type SchemaModule } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

export const feedTables = (engine: Engine['name']): Migration => ({
  async up({ schema }: Kysely<unknown>): Promise<void> {
    if (engine === 'postgres') await snapshotList(schema);

    await schema
      .createTable('observed_resources')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('observed_resources_key', ['workspace', 'kind', 'token'])
      .execute();
    await schema
      .createTable('observed_permissions')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('resource_kind', 'text', (c) => c.notNull())
      .addColumn('resource_token', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('accessor_kind', 'text', (c) => c.notNull())
      .addColumn('accessor_token', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('observed_permissions_key', [
        'workspace',
        'resource_kind',
        'resource_token',
        'action',
        'accessor_kind',
        'accessor_token',
      ])
      .execute();
    await schema
      .createIndex('observed_permissions_accessor')
      .on('observed_permissions')
      .columns(['workspace', 'accessor_kind', 'accessor_token'])
      .execute();
    await schema
      .createTable('observed_activity')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('member_token', 'text', (c) => c.notNull())
      .addColumn('activated_at', 'bigint')
      .addColumn('last_active_at', 'bigint')
      .addPrimaryKeyConstraint('observed_activity_key', ['workspace', 'member_token'])
      .execute();
    // The groups of one person on Mode, without reading all memberships.
    await schema
      .createIndex('observed_group_members_member')
      .on('observed_group_members')
      .columns(['workspace', 'member_token', 'group_token'])
      .execute();
  },
});

/** Unlogged like the copies, so that a crash of the server empties all of them together. */
async function snapshotList(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('feed_snapshots')
    .modifyFront(sql`unlogged`)
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('taken_at', 'bigint', (c) => c.notNull())
    .addColumn('accounts', 'bigint', (c) => c.notNull())
    .addColumn('groups', 'bigint', (c) => c.notNull())
    .addColumn('resources', 'bigint', (c) => c.notNull())
    .addColumn('entitlements', 'bigint', (c) => c.notNull())
    .addColumn('grants', 'bigint', (c) => c.notNull())
    .addColumn('keep_until', 'bigint', (c) => c.notNull())
    .execute();
}
