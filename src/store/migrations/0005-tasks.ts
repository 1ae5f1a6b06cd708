/** Manual tasks. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const taskTables: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('tasks')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('subject_id', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('what', 'text', (c) => c.notNull())
      .addColumn('why', 'text', (c) => c.notNull())
      .addColumn('link', 'text', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('tried_at', 'bigint')
      .addColumn('closed_at', 'bigint')
      .addColumn('closed_by', 'text')
      .execute();
    // A step has one open task, however often it is planned.
    await schema
      .createIndex('tasks_open')
      .unique()
      .on('tasks')
      .columns(['workspace', 'kind', 'subject_id', 'action'])
      .where(sql.ref('closed_at'), 'is', null)
      .execute();
    await schema
      .createIndex('tasks_subject')
      .on('tasks')
      .columns(['workspace', 'kind', 'subject_id'])
      .execute();
    await schema.createIndex('tasks_closed').on('tasks').columns(['workspace', 'closed_at']).execute();
  },
};
