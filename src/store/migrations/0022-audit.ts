/**
 * The audit log: a hash for each entry of the change log, and signed checkpoints. Existing entries are chained later.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const auditTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('audit')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('position', 'bigint', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      // Two bridges that chain the same entry are in each other's way: one of them wins.
      .addPrimaryKeyConstraint('audit_key', ['workspace', 'seq'])
      .execute();
    await schema
      .createTable('audit_checkpoints')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('previous', 'bigint', (c) => c.notNull())
      .addColumn('public_key', 'text', (c) => c.notNull())
      .addColumn('signature', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('audit_checkpoints_key', ['workspace', 'seq'])
      .execute();
  },
};
