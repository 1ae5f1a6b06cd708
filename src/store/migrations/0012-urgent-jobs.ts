/** Jobs that remove access go first; what the worker learns about the target is stored for `status`. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const urgentJobs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema
      .alterTable('jobs')
      .addColumn('precedence', 'bigint', (c) => c.notNull().defaultTo(1))
      .execute();
    await sql`update jobs set precedence = 0 where exists (
      select 1 from users where users.id = jobs.subject_id and (users.active = 0 or users.deleted_at is not null)
    )`.execute(db);
    await schema.dropIndex('jobs_due').execute();
    await schema
      .createIndex('jobs_due')
      .on('jobs')
      .columns(['workspace', 'kind', 'parked', 'verifying', 'precedence', 'run_at', 'subject_id'])
      .execute();
    // What was claimed a moment ago is found among all that wait.
    await sql`create index jobs_leased on jobs (lease) where lease is not null`.execute(db);

    await schema
      .createTable('target_facts')
      .addColumn('workspace', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('target_facts_key', ['workspace', 'name'])
      .execute();
  },
};
