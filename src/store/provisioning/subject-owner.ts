/** The connection that owns a subject, for a plan, and whether anything of the subject is held. */
import { sql, type RawBuilder } from 'kysely';
import { CONNECTION_STATES } from '../../directory/access/connection.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';

interface OwnerRow {
  readonly owner_id: string | null;
  readonly state: string | null;
  readonly connection_name: string | null;
  readonly has_removals: number;
}

/** `live` for a subject without an owner, which is never changed. */
export function ownerOf(row: OwnerRow): Pick<SubjectState, 'connection' | 'owner' | 'hasRemovals'> {
  const { owner_id: id, connection_name: name } = row;
  return {
    connection: CONNECTION_STATES.find((known) => known === row.state) ?? 'live',
    owner: id === null ? undefined : { id, name: name ?? '' },
    hasRemovals: row.has_removals === 1,
  };
}

/** A column that is 1 when the row's subject has holds or unaccepted removals. */
export function hasRemovals(table: 'users' | 'groups'): RawBuilder<number> {
  const [id, workspace] = [sql.ref(`${table}.id`), sql.ref(`${table}.workspace`)];
  const kind = table === 'users' ? 'user' : 'group';
  return sql<number>`case when exists (select 1 from holds where holds.workspace = ${workspace}
    and holds.kind = ${kind} and holds.subject_id = ${id})
    or exists (select 1 from removals where removals.workspace = ${workspace} and removals.kind = ${kind}
      and removals.subject_id = ${id} and removals.done = 0) then 1 else 0 end`;
}
