/** Notices: open topics, and notices that must still be sent to the webhook. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const noticeTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('notice_topics')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('topic', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('items', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('notice_topics_key', ['workspace', 'topic'])
      .execute();
    await schema
      .createTable('notices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('text', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('attempts', 'bigint', (c) => c.notNull())
      .addColumn('answer', 'text')
      .addColumn('due_at', 'bigint')
      .execute();
    await schema
      .createIndex('notices_due')
      .on('notices')
      .columns(['workspace', 'due_at'])
      .where(sql.ref('due_at'), 'is not', null)
      .execute();
    await schema
      .createIndex('notices_created')
      .on('notices')
      .columns(['workspace', 'created_at', 'id'])
      .execute();
  },
};
