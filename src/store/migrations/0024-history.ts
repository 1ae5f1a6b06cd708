/** The history of one user or group, and of one person in groups, without reading the whole change log. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';
import { isAboutMember, memberOfChange } from '../log/member-changes.ts';

export const historyIndexes = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('changes_subject')
      .on('changes')
      .columns(['subject_id', 'position'])
      .where(sql.ref('subject_id'), 'is not', null)
      .execute();
    await sql`create index changes_member on changes (${memberOfChange(engine)}, position) where ${isAboutMember}`.execute(
      db,
    );
  },
});
