/**
 * A counter of writes that the feed shows and that add no entry to the change log, on SQLite: a copy of the state is made
 * again only when there is something new. PostgreSQL has the number of its transactions.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

/** The tables, and the columns of each that the feed shows. */
const SHOWN = {
  observed_members:
    'member_key, member_token, username, email, email_key, name, state, admin, managed_by_scim',
  observed_group_members: 'group_token, member_token',
  observed_resources: 'token, name, default_access',
  observed_permissions: 'resource_token, action, accessor_token',
  observed_activity: 'activated_at, last_active_at',
  links: 'subject_id, token',
  deliveries: 'state, reason',
} as const;

export const feedVersion = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    if (engine === 'postgres') return;
    await sql`create table feed_version (version integer not null)`.execute(db);
    await sql`insert into feed_version values (0)`.execute(db);
    for (const [table, columns] of Object.entries(SHOWN)) {
      for (const event of ['insert', 'delete', `update of ${columns}`]) {
        const name = sql.id(`feed_version_${table}_${event.split(' ', 1)[0] ?? ''}`);
        await sql`create trigger ${name} after ${sql.raw(event)} on ${sql.id(table)}
          begin update feed_version set version = version + 1; end`.execute(db);
      }
    }
  },
});
