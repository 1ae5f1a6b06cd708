/** Appends to the change log. The engine runs these last, so that positions are in the order of commits. */
import { sql } from 'kysely';
import type { ChangeDraft } from '../../directory/change.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { filled, prepared, slot } from '../engine/prepared.ts';

export function changeStatements({
  db,
  name,
  random,
}: Engine): (
  workspace: string,
  at: number,
  changes: readonly ChangeDraft[],
  requestId?: string,
) => Statement[] {
  const insertOne = prepared(
    db.insertInto('changes').values({
      workspace: slot('workspace'),
      at: slot<number>('at'),
      kind: slot('kind'),
      subject_kind: slot('subject_kind'),
      subject_id: slot('subject_id'),
      data: slot('data'),
      txn: slot('txn'),
      request_id: slot<string | null>('request_id'),
    }),
  );
  // A list is bound as one value. Building a statement with a parameter for each field takes longer than running this
  // one.
  const field = (index: number) => {
    return name === 'sqlite' ? sql`value ->> ${sql.lit(index)}` : sql`value ->> ${sql.lit(index)}::int`;
  };
  const rows =
    name === 'sqlite'
      ? sql`json_each(${slot('rows')}) order by key`
      : sql`jsonb_array_elements(cast(${slot('rows')} as jsonb)) with ordinality as listed(value, place) order by place`;
  const insertSeveral =
    sql`insert into "changes" (workspace, at, kind, subject_kind, subject_id, data, txn, request_id)
    select cast(${slot('workspace')} as text), cast(${slot('at')} as bigint), ${sql.join([0, 1, 2, 3].map(field))},
      cast(${slot('txn')} as text), cast(${slot('request_id')} as text) from ${rows}`.compile(db);

  return (workspace, at, changes, request_id) => {
    const write = { txn: random.id(), request_id: request_id ?? null };
    const listed = changes.map(({ kind, subject, data }) => {
      return [kind, subject?.kind ?? null, subject?.id ?? null, JSON.stringify(data)] as const;
    });
    const [only] = listed;
    if (only !== undefined && listed.length === 1) {
      const [kind, subject_kind, subject_id, data] = only;
      return [{ query: insertOne({ workspace, at, kind, subject_kind, subject_id, data, ...write }) }];
    }
    return chunks(listed).map((piece) => {
      return { query: filled(insertSeveral, { workspace, at, rows: JSON.stringify(piece), ...write }) };
    });
  };
}
