/** Makes parked jobs due again: those that wait for a person, for their time, or for a read. */
import type { JobStore } from '../../provisioning/ports/job-store.ts';
import type { Engine, Statement } from '../engine/engine.ts';

type ParkedJobs = Pick<JobStore, 'unparkJobs' | 'unparkUrgentJobs' | 'unparkDueJobs'>;

export function parkedJobs(engine: Engine): ParkedJobs {
  return {
    unparkJobs: unparkJobs(engine),
    unparkUrgentJobs: unparkUrgentJobs(engine),
    unparkDueJobs: unparkDueJobs(engine),
  };
}

/** Makes every parked job due, as new. A running job runs again. */
export function unparkStatements({ db }: Engine, workspace: string, now: number): Statement[] {
  const jobsOf = db.updateTable('jobs').where('workspace', '=', workspace);
  const unpark = jobsOf.set({ parked: 0, run_at: now, attempts: 0 }).where('parked', '=', 1);
  // A try in progress started earlier, and must not park its job because of an old state.
  const again = jobsOf
    .set((of) => ({ generation: of('generation', '+', 1) }))
    .where('lease', 'is not', null)
    .where('parked', '=', 0);
  return [{ query: unpark.compile() }, { query: again.compile() }];
}

/** Makes every parked job due, as new. */
function unparkJobs(engine: Engine): ParkedJobs['unparkJobs'] {
  return async (workspace, now) => {
    await engine.write(unparkStatements(engine, workspace, now));
  };
}

/** Makes parked jobs due that remove access. They keep their number of tries. */
function unparkUrgentJobs(engine: Engine): ParkedJobs['unparkUrgentJobs'] {
  const { db } = engine;
  return async (workspace, now) => {
    const unpark = db
      .updateTable('jobs')
      .set({ parked: 0, run_at: now })
      .where('workspace', '=', workspace)
      .where('parked', '=', 1)
      .where('precedence', '=', 0);
    await engine.write([{ query: unpark.compile() }]);
  };
}

/** Makes parked jobs due whose time has come. Writes nothing when there is none. */
function unparkDueJobs(engine: Engine): ParkedJobs['unparkDueJobs'] {
  const { db } = engine;
  return async (workspace, now) => {
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
  };
}
