/** Claims and settlements of jobs. */
import { sql, type ExpressionBuilder } from 'kysely';
import type { Job } from '../../provisioning/job/job.ts';
import type { Claim, Lane } from '../../provisioning/ports/job-store.ts';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import { LONGEST_DELAY_MS } from '../../provisioning/job/retry-delay.ts';
import { changeStatements } from '../log/change-statements.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot } from '../engine/prepared.ts';
import { observationStatements } from './observation-statements.ts';
import { leasedJob, settleStatements } from './settle-statements.ts';
import type { Database } from '../tables/schema.ts';
import { flag } from '../tables/flag.ts';
import { stillHolding } from './workspace-leases.ts';
import { reasonsText } from '../tables/reasons.ts';

type Jobs = Omit<JobStore, 'forgetFuture'>;
type OfJob = ExpressionBuilder<Database, 'jobs'>;
type Seen = Pick<Claim, 'readAt' | 'seenAt'>;

/** Two writes of the same rows on PostgreSQL may be in each other's way. */
const MAX_SETTLE_ATTEMPTS = 5;

export function jobs(engine: Engine): Jobs {
  const { db } = engine;
  const [anyDue, anyUrgentDue] = [anyDueJob(engine, undefined), anyDueJob(engine, 'urgent')];
  const changes = changeStatements(engine);
  const observed = observationStatements(engine);

  const due = (workspace: string, kind: string, now: number) =>
    db
      .selectFrom('jobs')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('parked', '=', 0)
      .where((of) => isDue(of, now, now + LONGEST_DELAY_MS));

  async function waiting(workspace: string, kind: string, at: Seen & { now: number }) {
    return (
      due(workspace, kind, at.now)
        .select((of) => [of.fn.min('run_at').as('since'), of.fn.max('look_after').as('unsure')])
        // Only jobs with something to do are urgent, not those that wait to be verified.
        .select(sql<number | null>`min(case when verifying = 0 then precedence else 1 end)`.as('first'))
        .where('lease', 'is', null)
        .where((of) => of.not(readEnough(of, at)))
        .executeTakeFirst()
    );
  }

  const holds = (workspace: string, fence: number) =>
    db
      .selectFrom('workspace_leases')
      .select('workspace')
      .where('workspace', '=', workspace)
      .where('fence', '=', fence);

  return {
    async areJobsDue(workspace, fence, now, lane) {
      return lane === 'urgent' ? anyUrgentDue(workspace, fence, now) : anyDue(workspace, fence, now);
    },

    async claimJobs({ workspace, kind, fence, now, readAt, seenAt, limit, lane }) {
      const lease = engine.random.id();
      const free = (of: OfJob) => isFree(of, fence);
      const wanted = due(workspace, kind, now)
        .select('subject_id')
        .where(free)
        .where((of) => readEnough(of, { readAt, seenAt }))
        .where((of) => isInLane(of, lane))
        .orderBy('precedence')
        .orderBy('run_at')
        .orderBy('subject_id')
        .limit(limit);
      const claim = db
        .updateTable('jobs')
        .set((of) => ({
          lease,
          fence,
          attempts: of('attempts', '+', 1),
          claimed_generation: of.ref('generation'),
          // The holder before may have done something that nobody recorded.
          look_after: sql<number | null>`case when lease is null then look_after else ${now} end`,
        }))
        .where('workspace', '=', workspace)
        .where('kind', '=', kind)
        // Asked again of the row itself: another bridge may have claimed it since the list was made.
        .where(free)
        .where((of) => of('subject_id', 'in', wanted))
        .where((of) => of.exists(holds(workspace, fence)));
      await engine.write([{ query: claim.compile() }]);
      const claimed = db
        .selectFrom('jobs')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('kind', '=', kind)
        .where('lease', '=', lease);
      const rows = await claimed.orderBy('precedence').orderBy('run_at').orderBy('subject_id').execute();
      return rows.map((row) => ({
        workspace,
        subject: { kind: row.kind as Job['subject']['kind'], id: row.subject_id },
        attempt: row.attempts,
        lookAfter: row.look_after,
        appliedAt: row.applied_at,
        verifying: row.verifying === 1,
        lease,
        fence,
      }));
    },

    async waitingForRead(workspace, at) {
      const users = await waiting(workspace, 'user', at.user);
      const groups = await waiting(workspace, 'group', at.group);
      const since = [users?.since, groups?.since].filter((instant) => instant != null);
      if (since.length === 0) return undefined;
      return { since: Math.min(...since), unsureGroups: groups?.unsure != null, urgent: users?.first === 0 };
    },

    async settle(settlement) {
      const { job, at, delivery, observation } = settlement;
      const change = { kind: 'delivery.changed', subject: job.subject, data: delivery } as const;
      for (let attempt = 1; ; attempt += 1) {
        const stored = await db
          .selectFrom('deliveries')
          .select(['state', 'reason'])
          .where('workspace', '=', job.workspace)
          .where('kind', '=', job.subject.kind)
          .where('subject_id', '=', job.subject.id)
          .executeTakeFirst();
        const news = stored?.state !== delivery.state || stored.reason !== reasonsText(delivery.reasons);
        const result = await engine.write([
          stillHolding(engine, job.workspace, job.fence),
          ...settleStatements(engine, settlement, news),
          ...(observation === undefined ? [] : observed(observation)),
          ...(news ? changes(job.workspace, at, [change]) : []),
        ]);
        if (result === 'committed') return true;
        if (attempt === MAX_SETTLE_ATTEMPTS || !(await isHeld(engine, job))) return false;
      }
    },

    async releaseJobs(released) {
      await engine.write(
        released.map((job) => ({
          query: leasedJob(engine, job)
            .set({
              lease: null,
              fence: null,
              attempts: sql`case when attempts > 0 then attempts - 1 else 0 end`,
            })
            .compile(),
        })),
      );
    },

    async unparkJobs(workspace, now) {
      await engine.write(unparkStatements(engine, workspace, now));
    },

    async unparkUrgentJobs(workspace, now) {
      const unpark = db
        .updateTable('jobs')
        .set({ parked: 0, run_at: now })
        .where('workspace', '=', workspace)
        .where('parked', '=', 1)
        .where('precedence', '=', 0);
      await engine.write([{ query: unpark.compile() }]);
    },

    async unparkDueJobs(workspace, now) {
      const anyDue = db
        .selectFrom('jobs')
        .select('subject_id')
        .where('workspace', '=', workspace)
        .where('parked', '=', 1)
        .where('run_at', '<=', now)
        .limit(1);
      if ((await anyDue.executeTakeFirst()) === undefined) return;
      const unpark = db
        .updateTable('jobs')
        .set({ parked: 0 })
        .where('workspace', '=', workspace)
        .where('parked', '=', 1)
        .where('run_at', '<=', now);
      await engine.write([{ query: unpark.compile() }]);
    },
  };
}

/** The worker asks several times a second: the statement is built once. */
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
      .$if(lane === 'urgent', (query) => query.where((of) => isInLane(of, 'urgent')))
      .limit(1);
  const queries = (lane === 'urgent' ? ['user'] : ['user', 'group']).map((kind) => prepared(byKind(kind)));
  return async (workspace: string, fence: number, now: number): Promise<boolean> => {
    const values = { workspace, fence, now, tooLate: now + LONGEST_DELAY_MS };
    for (const query of queries) if ((await engine.read(query(values))).length > 0) return true;
    return false;
  };
}

/** A due time further ahead than any delay was written by a clock that was wrong. */
function isDue(of: OfJob, now: number, tooLate: number) {
  return of.or([of('run_at', '<=', now), of('run_at', '>', tooLate)]);
}

/** Nobody has it, or somebody who does not work for the workspace any more. */
function isFree(of: OfJob, fence: number) {
  return of.or([of('lease', 'is', null), of('fence', 'is', null), of('fence', '<', fence)]);
}

function isInLane(of: OfJob, lane: Lane) {
  const verifying = of('verifying', '=', flag(lane === 'verify'));
  return lane === 'urgent' ? of.and([verifying, of('precedence', '=', 0)]) : verifying;
}

/** Mode was read since whatever the job is to look for. */
function readEnough(of: OfJob, { readAt, seenAt }: Seen) {
  return of.and([
    of.or([of('look_after', 'is', null), of('look_after', '<=', readAt)]),
    of.or([of('verifying', '=', 0), of('applied_at', 'is', null), of('applied_at', '<=', seenAt)]),
  ]);
}

async function isHeld({ db }: Engine, job: Job): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .innerJoin('workspace_leases', 'workspace_leases.workspace', 'jobs.workspace')
    .select('jobs.subject_id')
    .where('jobs.workspace', '=', job.workspace)
    .where('jobs.kind', '=', job.subject.kind)
    .where('jobs.subject_id', '=', job.subject.id)
    .where('jobs.lease', '=', job.lease)
    .where('workspace_leases.fence', '=', job.fence)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes every parked job due, as new; a job that runs now runs again. */
export function unparkStatements({ db }: Engine, workspace: string, now: number): Statement[] {
  const jobsOf = db.updateTable('jobs').where('workspace', '=', workspace);
  const unpark = jobsOf.set({ parked: 0, run_at: now, attempts: 0 }).where('parked', '=', 1);
  // A try under way began before now, and must not park its job by what it saw then.
  const again = jobsOf
    .set((of) => ({ generation: of('generation', '+', 1) }))
    .where('lease', 'is not', null)
    .where('parked', '=', 0);
  return [{ query: unpark.compile() }, { query: again.compile() }];
}
