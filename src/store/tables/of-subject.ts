/** Joins the rows that are kept for a user or a group: its link, its delivery, its job. */
import { sql, type RawBuilder } from 'kysely';

type Kept = 'links' | 'deliveries' | 'jobs';

/** The condition under which a row of `kept` is about the row of `table`. */
export function ofSubject(kept: Kept, table: 'users' | 'groups'): RawBuilder<boolean> {
  const [id, workspace] = [sql.ref(`${table}.id`), sql.ref(`${table}.workspace`)];
  const kind = table === 'users' ? 'user' : 'group';
  return sql<boolean>`${sql.ref(`${kept}.subject_id`)} = ${id} and ${sql.ref(`${kept}.workspace`)} = ${workspace} and ${sql.ref(`${kept}.kind`)} = ${kind}`;
}
