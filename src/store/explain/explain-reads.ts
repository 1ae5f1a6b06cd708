/** The reads of an explanation, and the progress of its subjects. */
import type {
  ExplainStore,
  HeldOperation,
  OpenTask,
  Progress,
} from '../../operators/explain/explain-store.ts';
import type { Subject } from '../../directory/subject.ts';
import type { DeliveryState } from '../../provisioning/job/delivery.ts';
import type { TaskAction } from '../../provisioning/plan/task.ts';
import type { Outage } from '../../provisioning/job/outage.ts';
import type { Reason } from '../../provisioning/reason/reason.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { toReasons } from '../tables/reasons.ts';
import { groupFacts } from './group-facts.ts';
import { historyReads } from './history-reads.ts';
import { personReads } from './person-reads.ts';

export function explainReads(engine: Engine): ExplainStore {
  return {
    ...personReads(engine),
    ...historyReads(engine),
    ...groupFacts(engine),
    progress: async (workspace, subjects) => new Map(await ofAll(engine, progressOf)(workspace, subjects)),
    holdsOf: ofAll(engine, heldPiece),
    openTasksOf: ofAll(engine, taskPiece),
    outage: outage(engine),
  };
}

/** The progress of a batch of subjects. */
async function progressOf({ db }: Engine, workspace: string, subjects: readonly Subject[]) {
  const ids = subjects.map(({ id }) => id);
  const deliveries = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', 'in', ['user', 'group'])
    .where('subject_id', 'in', ids)
    .execute();
  const jobs = await db
    .selectFrom('jobs')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', 'in', ['user', 'group'])
    .where('subject_id', 'in', ids)
    .execute();
  const [delivered, waiting] = [byId(deliveries), byId(jobs)];
  return ids.map((id): readonly [string, Progress] => {
    const [delivery, job] = [delivered.get(id), waiting.get(id)];
    const reasons = toReasons(delivery?.reason ?? null);
    return [
      id,
      {
        state: (delivery?.state ?? null) as DeliveryState | null,
        reasons: reasons.length > 0 ? reasons : toReasons(job?.reason ?? null),
        since: delivery?.updated_at ?? null,
        job:
          job === undefined ? null : { parked: job.parked === 1, dueAt: job.run_at, attempts: job.attempts },
      },
    ];
  });
}

/** Held operations of a batch of subjects, oldest first. */
async function heldPiece(
  { db }: Engine,
  workspace: string,
  subjects: readonly Subject[],
): Promise<HeldOperation[]> {
  const rows = await db
    .selectFrom('holds')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('kind', 'in', ['user', 'group'])
    .where(
      'subject_id',
      'in',
      subjects.map(({ id }) => id),
    )
    .orderBy('since')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    subjectId: row.subject_id,
    operation: row.operation,
    key: row.operation_key,
    reason: JSON.parse(row.reason) as Reason,
    since: row.since,
    decision: row.decision,
  }));
}

type PieceOf<Row> = (engine: Engine, workspace: string, subjects: readonly Subject[]) => Promise<Row[]>;

/** Reads any number of subjects, in batches that one statement can handle. */
function ofAll<Row>(engine: Engine, read: PieceOf<Row>) {
  return async (workspace: string, subjects: readonly Subject[]): Promise<Row[]> => {
    const pieces: Row[][] = [];
    for (const some of chunks(subjects)) pieces.push(await read(engine, workspace, some));
    return pieces.flat();
  };
}

/** Open tasks of a batch of subjects, oldest first. */
async function taskPiece(
  { db }: Engine,
  workspace: string,
  subjects: readonly Subject[],
): Promise<OpenTask[]> {
  const rows = await db
    .selectFrom('tasks')
    .select(['id', 'subject_id', 'action', 'what', 'why', 'link', 'since'])
    .where('workspace', '=', workspace)
    .where('kind', 'in', ['user', 'group'])
    .where(
      'subject_id',
      'in',
      subjects.map(({ id }) => id),
    )
    .where('closed_at', 'is', null)
    .orderBy('since')
    .orderBy('id')
    .execute();
  return rows.map(({ subject_id: subjectId, action, what, ...row }) => {
    return { ...row, subjectId, action: action as TaskAction, what: toReasons(what) };
  });
}

/** The current outage of the target; null while it works. */
function outage({ db }: Engine): ExplainStore['outage'] {
  return async (workspace) => {
    const row = await db
      .selectFrom('outages')
      .select(['since', 'reason'])
      .where('workspace', '=', workspace)
      .executeTakeFirst();
    return row === undefined
      ? null
      : ({ since: row.since, reason: JSON.parse(row.reason) as Reason } satisfies Outage);
  };
}

function byId<Row extends { readonly subject_id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.subject_id, row]));
}
