/** The default access of collections. Copies of the state without it are created again. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

export const defaultAccess = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('observed_resources').addColumn('default_access', 'text').execute();
    if (engine === 'postgres') await sql`delete from feed_snapshots`.execute(db);
  },
});
