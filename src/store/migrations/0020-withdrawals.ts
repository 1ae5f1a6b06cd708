/** What an IdP took from people around their deactivation, to give it back. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const withdrawals: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('withdrawals')
      .addColumn('user_id', 'text', (c) => c.notNull())
      .addColumn('what', 'text', (c) => c.notNull())
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('connection_id', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('roles', 'text')
      .addColumn('request_id', 'text')
      .addPrimaryKeyConstraint('withdrawals_key', ['user_id', 'what', 'group_id'])
      .execute();
    await schema.createIndex('withdrawals_at').on('withdrawals').column('at').execute();
    await schema.createIndex('withdrawals_connection').on('withdrawals').column('connection_id').execute();
  },
};
