/**
 * Counted removals, with the time worked for the workspace when they were sent, and removals that wait for a decision.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const removalTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .alterTable('workspace_leases')
      .addColumn('worked_ms', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();

    await schema
      .createTable('removals')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('subject_id', 'text', (c) => c.notNull())
      .addColumn('operation_key', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('worked_ms', 'bigint', (c) => c.notNull())
      .addColumn('approved', 'bigint', (c) => c.notNull())
      .addColumn('done', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('removals_key', ['workspace', 'kind', 'subject_id', 'operation_key'])
      .execute();
    await schema
      .createIndex('removals_window')
      .on('removals')
      .columns(['workspace', 'connection_id', 'scope', 'worked_ms'])
      .execute();

    await schema
      .createTable('holds')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('subject_id', 'text', (c) => c.notNull())
      .addColumn('operation', 'text', (c) => c.notNull())
      .addColumn('operation_key', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('group_name', 'text')
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('decision', 'text')
      .addColumn('decided_at', 'bigint')
      .addColumn('decided_by', 'text')
      .execute();
    // An operation is held once, however often it is planned.
    await schema
      .createIndex('holds_operation')
      .unique()
      .on('holds')
      .columns(['workspace', 'kind', 'subject_id', 'operation_key'])
      .execute();
    await schema.createIndex('holds_since').on('holds').columns(['workspace', 'since', 'id']).execute();
  },
};
