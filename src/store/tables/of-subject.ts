/** Joins the rows of a user or a group: its link, its delivery, its job. */
import { sql, type RawBuilder } from 'kysely';

type Kept = 'links' | 'deliveries' | 'jobs';

/** The join condition between a row of `kept` and the row of `table`. */
export function ofSubject(kept: Kept, table: 'users' | 'groups'): RawBuilder<boolean> {
  const [id, workspace] = [sql.ref(`${table}.id`), sql.ref(`${table}.workspace`)];
  const kind = table === 'users' ? 'user' : 'group';
  return sql<boolean>`${sql.ref(`${kept}.subject_id`)} = ${id} and ${sql.ref(`${kept}.workspace`)} = ${workspace} and ${sql.ref(`${kept}.kind`)} = ${kind}`;
}
