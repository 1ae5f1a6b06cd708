/** Marks removals as accepted by the target. The same removal later is a new one, and is counted again. */
import type { Subject } from '../../directory/subject.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';

interface Accepted {
  readonly workspace: string;
  readonly subject?: Subject;
  /** From `operationKey`. */
  readonly keys?: readonly string[];
}

export function acceptedStatements({ db }: Engine, { workspace, subject, keys = [] }: Accepted): Statement[] {
  if (subject === undefined) return [];
  return chunks(keys).map((some) => ({
    query: db
      .updateTable('removals')
      .set({ done: 1 })
      .where('workspace', '=', workspace)
      .where('kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .where('operation_key', 'in', some)
      .compile(),
  }));
}
