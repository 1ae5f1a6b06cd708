/**
 * Stores removals before they are sent: the worker does it for those that passed the gate, and going live for those
 * that its plan approves.
 */
import { sql } from 'kysely';
import type { Subject } from '../../directory/subject.ts';
import type { PassedRemoval } from '../../provisioning/gate/breaker.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { flag } from '../tables/flag.ts';

export function removalStatements(
  { db }: Engine,
  { workspace, connectionId }: { readonly workspace: string; readonly connectionId: string },
  passed: readonly (PassedRemoval & { readonly subject: Subject })[],
): readonly Statement[] {
  const worked = db.selectFrom('workspace_leases').select('worked_ms').where('workspace', '=', workspace);
  return chunks(passed).map((some) => {
    const insert = db
      .insertInto('removals')
      .values(
        some.map(({ subject, key, scope, approved }) => ({
          ...{ workspace, kind: subject.kind, subject_id: subject.id, operation_key: key },
          ...{ connection_id: connectionId, scope, approved: flag(approved), done: flag(false) },
          worked_ms: sql<number>`coalesce((${worked}), 0)`,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'kind', 'subject_id', 'operation_key']).doUpdateSet((row) => ({
          connection_id: row.ref('excluded.connection_id'),
          scope: row.ref('excluded.scope'),
          worked_ms: row.ref('excluded.worked_ms'),
          // An approval stays valid for retries.
          approved: sql<
            0 | 1
          >`case when removals.done = 0 and removals.approved = 1 then 1 else excluded.approved end`,
          done: flag(false),
        })),
      );
    return { query: insert.compile() };
  });
}
