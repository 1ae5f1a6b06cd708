/** The end of a try: the bridge that holds its lease settles or releases the job. */
import { sql } from 'kysely';
import type { Job } from '../../provisioning/job/job.ts';
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import type { Engine } from '../engine/engine.ts';
import { changeStatements } from '../log/change-statements.ts';
import { reasonsText } from '../tables/reasons.ts';
import { observationStatements } from './observation-statements.ts';
import { leasedJob, settleStatements } from './settle-statements.ts';
import { stillHolding } from './workspace-leases.ts';

/** Two writes of the same rows can conflict on PostgreSQL. */
const MAX_ATTEMPTS = 5;

type SettledJobs = Pick<JobStore, 'settle' | 'releaseJobs'>;

export function settledJobs(engine: Engine): SettledJobs {
  return { settle: settle(engine), releaseJobs: releaseJobs(engine) };
}

/** Ends a try: writes the job, its delivery and the change log entry; false when the lease was lost. */
function settle(engine: Engine): SettledJobs['settle'] {
  const { db } = engine;
  const observed = observationStatements(engine);
  const changes = changeStatements(engine);
  return async (settlement) => {
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
      if (attempt === MAX_ATTEMPTS || !(await isHeld(engine, job))) return false;
    }
  };
}

/** Releases jobs that were claimed and not tried. */
function releaseJobs(engine: Engine): SettledJobs['releaseJobs'] {
  return async (released) => {
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
  };
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
