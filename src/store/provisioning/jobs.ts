/** Jobs: due checks and claims, and the port for all other steps of the worker. */
import { sql, type ExpressionBuilder, type Selectable } from 'kysely';
import type { Job } from '../../provisioning/job/job.ts';
import type { Claim, Lane } from '../../provisioning/ports/job-store.ts';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import { LONGEST_DELAY_MS } from '../../provisioning/job/retry-delay.ts';
import type { Engine } from '../engine/engine.ts';
import { prepared, rowCount, slot } from '../engine/prepared.ts';
import { writtenRows } from '../engine/written-rows.ts';
import type { Database } from '../tables/schema.ts';
import type { JobsTable } from '../tables/work-tables.ts';
import { flag } from '../tables/flag.ts';
import { parkedJobs } from './parked-jobs.ts';
import { settledJobs } from './settled-jobs.ts';

type Jobs = Omit<JobStore, 'forgetFuture'>;
type OfJob = ExpressionBuilder<Database, 'jobs'>;
type Seen = Pick<Claim, 'readAt' | 'seenAt'>;

interface Instants {
  readonly now: number;
  /** No due time is as late as this. */
  readonly tooLate: number;
}

export function jobs(engine: Engine): Jobs {
  return {
    areJobsDue: areJobsDue(engine),
    claimJobs: claimJobs(engine),
    waitingForRead: waitingForRead(engine),
    ...settledJobs(engine),
    ...parkedJobs(engine),
  };
}

/** Jobs of a kind that are due and not parked. */
function due({ db }: Engine, workspace: string, kind: string, { now, tooLate }: Instants) {
  return db
    .selectFrom('jobs')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('parked', '=', 0)
    .where((of) => isDue(of, now, tooLate));
}

/** Since when jobs of a kind have waited for a later read, and whether one of them removes access. */
async function waiting(engine: Engine, workspace: string, kind: string, at: Seen & { now: number }) {
  return (
    due(engine, workspace, kind, { now: at.now, tooLate: at.now + LONGEST_DELAY_MS })
      .select((of) => [of.fn.min('run_at').as('since'), of.fn.max('look_after').as('unsure')])
      // Only jobs with something to do are urgent, not those that wait to be verified.
      .select(sql<number | null>`min(case when verifying = 0 then precedence else 1 end)`.as('first'))
      .where('lease', 'is', null)
      .where((of) => of.not(readEnough(of, at)))
      .executeTakeFirst()
  );
}

/** The workspace's lease, if this fence still has it. */
function holds({ db }: Engine, workspace: string, fence: number) {
  return db
    .selectFrom('workspace_leases')
    .select('workspace')
    .where('workspace', '=', workspace)
    .where('fence', '=', fence);
}

/** Whether a job could be claimed now. */
function areJobsDue(engine: Engine): Jobs['areJobsDue'] {
  const [anyDue, anyUrgentDue] = [anyDueJob(engine, undefined), anyDueJob(engine, 'urgent')];
  return async (workspace, fence, now, lane) => {
    return lane === 'urgent' ? anyUrgentDue(workspace, fence, now) : anyDue(workspace, fence, now);
  };
}

/** Claims due jobs under a new lease, and returns those that this bridge has now. */
function claimJobs(engine: Engine): Jobs['claimJobs'] {
  const claims = {
    urgent: claimIn(engine, 'urgent'),
    work: claimIn(engine, 'work'),
    verify: claimIn(engine, 'verify'),
  };
  return async ({ workspace, kind, fence, now, readAt, seenAt, limit, lane }) => {
    const lease = engine.random.id();
    const values = { workspace, kind, fence, now, tooLate: now + LONGEST_DELAY_MS, readAt, seenAt, limit };
    const rows = await writtenRows(engine, claims[lane]({ ...values, lease }));
    return rows.toSorted(byUrgency).map((row) => ({
      workspace,
      subject: { kind: row.kind as Job['subject']['kind'], id: row.subject_id },
      attempt: row.attempts,
      lookAfter: row.look_after,
      appliedAt: row.applied_at,
      verifying: row.verifying === 1,
      lease,
      fence,
    }));
  };
}

/** Once there is something to do, every lane claims again and again: the statement is built once. */
function claimIn(engine: Engine, lane: Lane) {
  const { db } = engine;
  const [workspace, kind, fence, now] = [
    slot('workspace'),
    slot('kind'),
    slot<number>('fence'),
    slot<number>('now'),
  ];
  const free = (of: OfJob) => isFree(of, fence);
  const wanted = due(engine, workspace, kind, { now, tooLate: slot<number>('tooLate') })
    .select('subject_id')
    .where(free)
    .where((of) => readEnough(of, { readAt: slot<number>('readAt'), seenAt: slot<number>('seenAt') }))
    .where((of) => isInLane(of, lane))
    .orderBy('precedence')
    .orderBy('run_at')
    .orderBy('subject_id')
    .limit(rowCount('limit'));
  return prepared(
    db
      .updateTable('jobs')
      .set((of) => ({
        lease: slot('lease'),
        fence,
        attempts: of('attempts', '+', 1),
        claimed_generation: of.ref('generation'),
        // The previous holder may have done something without recording it.
        look_after: sql<number | null>`case when lease is null then look_after else ${now} end`,
      }))
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      // Asked again of the row itself: another bridge may have claimed it since the list was made.
      .where(free)
      .where((of) => of('subject_id', 'in', wanted))
      .where((of) => of.exists(holds(engine, workspace, fence)))
      .returningAll(),
  );
}

/** As they were claimed. */
function byUrgency(a: Selectable<JobsTable>, b: Selectable<JobsTable>): number {
  const first = a.precedence - b.precedence || a.run_at - b.run_at;
  return first === 0 ? (a.subject_id < b.subject_id ? -1 : 1) : first;
}

/** Since when due jobs have waited for a read of the target; undefined when none waits. */
function waitingForRead(engine: Engine): Jobs['waitingForRead'] {
  return async (workspace, at) => {
    const users = await waiting(engine, workspace, 'user', at.user);
    const groups = await waiting(engine, workspace, 'group', at.group);
    const since = [users?.since, groups?.since].filter((instant) => instant != null);
    if (since.length === 0) return undefined;
    return { since: Math.min(...since), unsureGroups: groups?.unsure != null, urgent: users?.first === 0 };
  };
}

/** The worker asks several times a second: the statement is built once, for both kinds. */
function anyDueJob(engine: Engine, lane: 'urgent' | undefined) {
  const byKind = (kind: string) =>
    engine.db
      .selectFrom('jobs')
      .select('subject_id')
      .where('workspace', '=', slot('workspace'))
      .where('kind', '=', kind)
      .where('parked', '=', 0)
      .where((of) => isDue(of, slot<number>('now'), slot<number>('tooLate')))
      .where((of) => isFree(of, slot<number>('fence')))
      .$if(lane === 'urgent', (query) => query.where((of) => isInLane(of, 'urgent')));
  const kinds = lane === 'urgent' ? ['user'] : ['user', 'group'];
  const query = prepared(
    engine.db.selectNoFrom((of) =>
      of
        .case()
        .when(of.or(kinds.map((kind) => of.exists(byKind(kind)))))
        .then(1)
        .else(0)
        .end()
        .as('any'),
    ),
  );
  return async (workspace: string, fence: number, now: number): Promise<boolean> => {
    const [row] = await engine.read(query({ workspace, fence, now, tooLate: now + LONGEST_DELAY_MS }));
    return row?.any === 1;
  };
}

/** A due time beyond any delay was written by a wrong clock. */
function isDue(of: OfJob, now: number, tooLate: number) {
  return of.or([of('run_at', '<=', now), of('run_at', '>', tooLate)]);
}

/** The job is free, or its holder no longer works for the workspace. */
function isFree(of: OfJob, fence: number) {
  return of.or([of('lease', 'is', null), of('fence', 'is', null), of('fence', '<', fence)]);
}

function isInLane(of: OfJob, lane: Lane) {
  const verifying = of('verifying', '=', flag(lane === 'verify'));
  return lane === 'urgent' ? of.and([verifying, of('precedence', '=', 0)]) : verifying;
}

/** The target was read after the last change that the job must check. */
function readEnough(of: OfJob, { readAt, seenAt }: Seen) {
  return of.and([
    of.or([of('look_after', 'is', null), of('look_after', '<=', readAt)]),
    of.or([of('verifying', '=', 0), of('applied_at', 'is', null), of('applied_at', '<=', seenAt)]),
  ]);
}
