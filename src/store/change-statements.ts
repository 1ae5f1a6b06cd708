/** Appends to the change log. The engine runs these last, so that positions are in the order of commits. */
import type { ChangeDraft } from '../directory/change.ts';
import { chunks } from './chunks.ts';
import type { Engine, Statement } from './engine.ts';

export function changeStatements(
  { db }: Engine,
  workspace: string,
  at: number,
  changes: readonly ChangeDraft[],
): Statement[] {
  return chunks(changes).map((piece) => {
    const rows = piece.map(({ kind, subject, data }) => {
      const [subject_kind, subject_id] = [subject?.kind ?? null, subject?.id ?? null];
      return { workspace, at, kind, subject_kind, subject_id, data: JSON.stringify(data) };
    });
    return { query: db.insertInto('changes').values(rows).compile() };
  });
}
