/** Appends to the change log. The engine runs these last, so that positions are in the order of commits. */
import type { ChangeDraft } from '../directory/change.ts';
import { newId } from '../directory/new-id.ts';
import { chunks } from './chunks.ts';
import type { Engine, Statement } from './engine.ts';
import { prepared, slot } from './prepared.ts';

export function changeStatements({
  db,
}: Engine): (workspace: string, at: number, changes: readonly ChangeDraft[]) => Statement[] {
  const insertOne = prepared(
    db.insertInto('changes').values({
      workspace: slot('workspace'),
      at: slot<number>('at'),
      kind: slot('kind'),
      subject_kind: slot('subject_kind'),
      subject_id: slot('subject_id'),
      data: slot('data'),
      txn: slot('txn'),
    }),
  );
  return (workspace, at, changes) => {
    const txn = newId();
    const rows = changes.map(({ kind, subject, data }) => {
      const [subject_kind, subject_id] = [subject?.kind ?? null, subject?.id ?? null];
      return { workspace, at, kind, subject_kind, subject_id, data: JSON.stringify(data), txn };
    });
    const [only] = rows;
    if (only !== undefined && rows.length === 1) return [{ query: insertOne(only) }];
    return chunks(rows).map((piece) => ({
      query: db
        .insertInto('changes')
        .values([...piece])
        .compile(),
    }));
  };
}
