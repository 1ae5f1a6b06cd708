/** Claims, leases and settlements of jobs. */
import { randomUUID } from 'node:crypto';
import { sql, type ExpressionBuilder, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import type { Job } from '../provisioning/job.ts';
import type { ProvisioningStore, Settlement } from '../provisioning/provisioning-store.ts';
import { changeStatements } from './change-statements.ts';
import type { Engine, Statement } from './engine.ts';
import { observationStatements } from './observation-statements.ts';
import { flag, type Database } from './schema.ts';

type JobStore = Pick<
  ProvisioningStore,
  'claimJobs' | 'settle' | 'renewLease' | 'releaseJobs' | 'releaseAllLeases' | 'unparkJobs'
>;

export function jobs(engine: Engine): JobStore {
  const { db } = engine;
  const changes = changeStatements(engine);
  const observed = observationStatements(engine);

  const leased = (job: Job) =>
    db
      .updateTable('jobs')
      .where('workspace', '=', job.workspace)
      .where('kind', '=', job.subject.kind)
      .where('subject_id', '=', job.subject.id)
      .where('lease', '=', job.lease);

  return {
    async claimJobs({ workspace, now, leaseMs, limit }) {
      const lease = randomUUID();
      const free = (of: ExpressionBuilder<Database, 'jobs'>) =>
        of.or([of('lease', 'is', null), of('lease_until', '<=', now)]);
      const due = db
        .selectFrom('jobs')
        .select(['kind', 'subject_id'])
        .where('workspace', '=', workspace)
        .where('parked', '=', 0)
        .where('run_at', '<=', now)
        .where(free)
        .orderBy('verifying')
        .orderBy('run_at')
        .orderBy('subject_id')
        .limit(limit);
      const claim = db
        .updateTable('jobs')
        .set((of) => ({
          lease,
          lease_until: now + leaseMs,
          attempts: of('attempts', '+', 1),
          claimed_generation: of.ref('generation'),
        }))
        .where('workspace', '=', workspace)
        // Asked again of the row itself: another bridge may have claimed it since the list was made.
        .where(free)
        .where((of) => of(of.refTuple('kind', 'subject_id'), 'in', due.$asTuple('kind', 'subject_id')));
      await engine.write([{ query: claim.compile() }]);
      const claimed = db
        .selectFrom('jobs')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('lease', '=', lease);
      const rows = await claimed.orderBy('verifying').orderBy('run_at').orderBy('subject_id').execute();
      return rows.map((row) => ({
        workspace,
        subject: { kind: row.kind as Job['subject']['kind'], id: row.subject_id },
        attempt: row.attempts,
        refresh: row.attempts > 1 || row.verifying === 1,
        verifying: row.verifying === 1,
        lease,
      }));
    },

    async settle(settlement) {
      const { job, at, delivery, change, observation } = settlement;
      const stored = await db
        .selectFrom('deliveries')
        .select(['state', 'reason'])
        .where('workspace', '=', job.workspace)
        .where('kind', '=', job.subject.kind)
        .where('subject_id', '=', job.subject.id)
        .executeTakeFirst();
      const news = stored?.state !== delivery.state || stored.reason !== delivery.reason;
      const result = await engine.write([
        ...verdictStatements(engine, settlement, () => leased(job)),
        ...(news ? deliveryStatements(engine, settlement) : []),
        ...(observation === undefined ? [] : observed(observation)),
        ...(news ? changes(job.workspace, at, [change]) : []),
      ]);
      return result === 'committed';
    },

    async renewLease(job, until) {
      const renew = leased(job).set({ lease_until: until });
      return (await engine.write([{ query: renew.compile(), expect: 1 }])) === 'committed';
    },

    async releaseJobs(released) {
      await engine.write(
        released.map((job) => ({
          query: leased(job)
            .set({
              lease: null,
              lease_until: null,
              attempts: sql`case when attempts > 0 then attempts - 1 else 0 end`,
            })
            .compile(),
        })),
      );
    },

    async releaseAllLeases() {
      await engine.write([
        { query: db.updateTable('jobs').set({ lease: null, lease_until: null }).compile() },
      ]);
    },

    async unparkJobs(workspace, now) {
      const unpark = db.updateTable('jobs').set({ parked: 0, run_at: now, attempts: 0 });
      await engine.write([
        { query: unpark.where('workspace', '=', workspace).where('parked', '=', 1).compile() },
      ]);
    },
  };
}

type Leased = UpdateQueryBuilder<Database, 'jobs', 'jobs', UpdateResult>;

/** The first statement fails when the lease was lost. A job that was asked for again meanwhile is due as new. */
function verdictStatements({ db }: Engine, { job, verdict }: Settlement, leased: () => Leased): Statement[] {
  const free = { lease: null, lease_until: null };
  const settled = { query: leased().set({ lease_until: 0 }).compile(), expect: 1 };
  const same = leased().where((of) => of('generation', '=', of.ref('claimed_generation')));
  const remove = db
    .deleteFrom('jobs')
    .where('workspace', '=', job.workspace)
    .where('kind', '=', job.subject.kind)
    .where('subject_id', '=', job.subject.id)
    .where('lease', '=', job.lease)
    .where((of) => of('generation', '=', of.ref('claimed_generation')));
  const release = { query: leased().set(free).compile() };
  switch (verdict.kind) {
    case 'done':
      return [settled, { query: remove.compile() }, release];
    case 'verify':
      return [
        settled,
        { query: same.set({ verifying: 1, run_at: verdict.at, reason: null }).compile() },
        release,
      ];
    case 'retry':
      return [
        settled,
        { query: same.set({ run_at: verdict.at, reason: verdict.reason }).compile() },
        release,
      ];
    case 'park':
      return [
        settled,
        { query: same.set({ parked: flag(true), reason: verdict.reason }).compile() },
        release,
      ];
  }
}

function deliveryStatements({ db }: Engine, { job, delivery, at }: Settlement): Statement[] {
  const { workspace, subject } = job;
  const values = { state: delivery.state, reason: delivery.reason, updated_at: at };
  const insert = db
    .insertInto('deliveries')
    .values({ workspace, kind: subject.kind, subject_id: subject.id, ...values })
    .onConflict((conflict) => conflict.columns(['workspace', 'kind', 'subject_id']).doUpdateSet(values));
  return [{ query: insert.compile() }];
}
