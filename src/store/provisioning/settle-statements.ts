/** The statements of a settlement: for its job and for the delivery of the subject. */
import type { UpdateQueryBuilder, UpdateResult } from 'kysely';
import type { Job } from '../../provisioning/job/job.ts';
import type { Settlement } from '../../provisioning/ports/job-store.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { verifiedLeaverQuery } from './leavers.ts';
import { flag } from '../tables/flag.ts';
import type { Database } from '../tables/schema.ts';
import { reasonsText } from '../tables/reasons.ts';

/** @param news whether the delivery differs from the stored one */
export function settleStatements(engine: Engine, settlement: Settlement, news: boolean): Statement[] {
  return [...verdictStatements(engine, settlement), ...(news ? deliveryStatements(engine, settlement) : [])];
}

/** An update of the job while its lease holds. */
export function leasedJob(
  { db }: Engine,
  { workspace, subject, lease }: Job,
): UpdateQueryBuilder<Database, 'jobs', 'jobs', UpdateResult> {
  return db
    .updateTable('jobs')
    .where('workspace', '=', workspace)
    .where('kind', '=', subject.kind)
    .where('subject_id', '=', subject.id)
    .where('lease', '=', lease);
}

/** The first statement fails when the lease was lost. A job that was enqueued again in the meantime is due as new. */
function verdictStatements(engine: Engine, settlement: Settlement): Statement[] {
  const { job, verdict } = settlement;
  const leased = () => leasedJob(engine, job);
  const settled = { query: leased().set(leftToSee(settlement)).compile(), expect: 1 };
  const same = leased().where((of) => of('generation', '=', of.ref('claimed_generation')));
  const remove = engine.db
    .deleteFrom('jobs')
    .where('workspace', '=', job.workspace)
    .where('kind', '=', job.subject.kind)
    .where('subject_id', '=', job.subject.id)
    .where('lease', '=', job.lease)
    .where((of) => of('generation', '=', of.ref('claimed_generation')));
  const release = { query: leased().set({ lease: null, fence: null }).compile() };
  switch (verdict.kind) {
    case 'done':
      return [settled, ...leftStatements(engine, settlement), { query: remove.compile() }, release];
    case 'verify':
      return [
        settled,
        { query: same.set({ verifying: 1, run_at: verdict.at, reason: null }).compile() },
        release,
      ];
    case 'retry':
      return [
        settled,
        { query: same.set({ run_at: verdict.at, reason: reasonsText(verdict.reasons) }).compile() },
        release,
      ];
    case 'park':
      return [
        settled,
        {
          query: same
            .set({ parked: flag(true), run_at: verdict.at, reason: reasonsText(verdict.reasons) })
            .compile(),
        },
        release,
      ];
  }
}

/** Unless the IdP has written the subject in the meantime. */
function leftStatements(engine: Engine, { job, left, at }: Settlement): Statement[] {
  if (left !== true) return [];
  const { db } = engine;
  const { workspace, subject } = job;
  const same = db
    .selectFrom('jobs')
    .select('subject_id')
    .where('workspace', '=', workspace)
    .where('kind', '=', subject.kind)
    .where('subject_id', '=', subject.id)
    .where((of) => of('generation', '=', of.ref('claimed_generation')));
  const query = db
    .updateTable('users')
    .set({ leaving: flag(false) })
    .where('id', '=', subject.id)
    .where('workspace', '=', workspace)
    .where('leaving', '=', flag(true))
    .where((of) => of.exists(same));
  const verified = verifiedLeaverQuery(engine, subject.id, at).where((of) => of.exists(same));
  return [{ query: query.compile() }, { query: verified.compile() }];
}

/** The instants that the next try needs reads for. */
function leftToSee({ job, at, verdict, acted }: Settlement) {
  const isOver = verdict.kind === 'done' || verdict.kind === 'verify';
  const unsure = !isOver && verdict.undone !== true;
  const applied = acted === true || verdict.kind === 'verify' ? at : job.appliedAt;
  return { look_after: unsure ? at : null, applied_at: verdict.kind === 'done' ? null : applied };
}

function deliveryStatements({ db }: Engine, { job, delivery, at }: Settlement): Statement[] {
  const { workspace, subject } = job;
  const values = { state: delivery.state, reason: reasonsText(delivery.reasons), updated_at: at };
  const insert = db
    .insertInto('deliveries')
    .values({ workspace, kind: subject.kind, subject_id: subject.id, ...values })
    .onConflict((conflict) => conflict.columns(['workspace', 'kind', 'subject_id']).doUpdateSet(values));
  return [{ query: insert.compile() }];
}
