/** Plans of undos that were shown, each with its window, so that one can be applied by its id. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const undoPlans: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('undo_plans')
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('made_at', 'bigint', (c) => c.notNull())
      .addColumn('from_at', 'bigint', (c) => c.notNull())
      .addColumn('to_at', 'bigint', (c) => c.notNull())
      .addColumn('after_position', 'bigint', (c) => c.notNull())
      .addColumn('up_to_position', 'bigint', (c) => c.notNull())
      .addColumn('document', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('undo_plans_key', ['connection_id', 'id'])
      .execute();
  },
};
