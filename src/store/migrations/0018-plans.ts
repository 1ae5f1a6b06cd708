/** Plans that were shown, so that going live can report later changes. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const planTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('plans')
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('made_at', 'bigint', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('plans_key', ['connection_id', 'id'])
      .execute();
  },
};
