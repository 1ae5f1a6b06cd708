/** Numbers and reasons for operators. */
import { sql } from 'kysely';
import type { EventStreamStatus, StatusStore, TroubledSubject } from '../../operators/status-store.ts';
import type { DeliveryState } from '../../provisioning/job/delivery.ts';
import type { Engine } from '../engine/engine.ts';
import { feedReads } from '../feed/feed-reads.ts';
import { observedReads } from '../provisioning/observed-reads.ts';
import { targetFacts } from '../provisioning/target-facts.ts';
import { workLeft } from './work-left.ts';
import type { Outage } from '../../provisioning/job/outage.ts';
import type { Reason } from '../../provisioning/reason/reason.ts';
import { toReasons } from '../tables/reasons.ts';

export function statusReads(engine: Engine): StatusStore {
  return {
    workLeft: workLeft(engine),
    facts: targetFacts(engine).facts,
    status: status(engine),
    ping: ping(engine),
  };
}

/** The number of users or groups that are pushed and not deleted. */
async function count(
  { db }: Engine,
  table: 'users' | 'groups',
  workspace: string,
  onlyActive = false,
): Promise<number> {
  let query = db.selectFrom(table).where('workspace', '=', workspace).where('deleted_at', 'is', null);
  if (onlyActive) query = query.where(sql<boolean>`active = 1`);
  return (await query.select((of) => of.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n;
}

/** The number of subjects in each state of delivery. */
async function deliveries({ db }: Engine, workspace: string): Promise<Record<DeliveryState, number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['state', (of) => of.fn.countAll<number>().as('n')])
    .where('workspace', '=', workspace)
    .groupBy('state')
    .execute();
  const counts = new Map(rows.map((row) => [row.state, row.n]));
  const of = (state: DeliveryState) => counts.get(state) ?? 0;
  return {
    pending: of('pending'),
    applied: of('applied'),
    verified: of('verified'),
    held: of('held'),
    blocked: of('blocked'),
  };
}

/** The numbers of jobs that wait, wait to be verified, or are parked. */
async function jobCounts({ db }: Engine, workspace: string) {
  const rows = await db
    .selectFrom('jobs')
    .select(['parked', 'verifying', (of) => of.fn.countAll<number>().as('n')])
    .where('workspace', '=', workspace)
    .groupBy(['parked', 'verifying'])
    .execute();
  const sum = (keep: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(keep).reduce((all, row) => all + row.n, 0);
  return {
    parked: sum((row) => row.parked === 1),
    verifying: sum((row) => row.parked === 0 && row.verifying === 1),
    waiting: sum((row) => row.parked === 0 && row.verifying === 0),
  };
}

/** Subjects with a reason, from the job or the delivery. */
async function troubled(
  { db }: Engine,
  workspace: string,
  kind: 'user' | 'group',
  limit: number,
): Promise<TroubledSubject[]> {
  const table = kind === 'user' ? 'users' : 'groups';
  const name = kind === 'user' ? 'subject.user_name' : 'subject.display_name';
  const { rows } = await sql<TroubledRow>`
      select subject.id, ${sql.ref(name)} as name, jobs.parked, jobs.attempts, jobs.run_at, deliveries.state,
        coalesce(jobs.reason, deliveries.reason) as reason
      from ${sql.table(table)} as subject
      left join jobs on jobs.workspace = subject.workspace and jobs.kind = ${kind} and jobs.subject_id = subject.id
      left join deliveries on deliveries.workspace = subject.workspace and deliveries.kind = ${kind}
        and deliveries.subject_id = subject.id
      where subject.workspace = ${workspace} and coalesce(jobs.reason, deliveries.reason) is not null
      order by deliveries.updated_at, subject.id
      limit ${limit}`.execute(db);
  return rows.map(({ id, name, parked, attempts, run_at, state, reason }) => ({
    kind,
    id,
    name,
    job:
      parked === null || attempts === null || run_at === null
        ? null
        : { state: parked === 1 ? 'parked' : 'waiting', attempts, runAt: run_at },
    delivery: state,
    reasons: toReasons(reason),
  }));
}

/** Receivers of events with valid tokens, least recently active first. */
async function eventStreams({ db }: Engine, workspace: string, limit: number): Promise<EventStreamStatus[]> {
  const rows = await db
    .selectFrom('event_streams')
    .innerJoin('tokens', 'tokens.id', 'event_streams.token_id')
    .selectAll('event_streams')
    .select('tokens.label')
    .where('event_streams.workspace', '=', workspace)
    .where('revoked_at', 'is', null)
    .orderBy('polled_at')
    .orderBy('token_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tokenId: row.token_id,
    label: row.label,
    position: row.position,
    polledAt: row.polled_at,
    errors: row.errors,
    lastError: row.last_error,
    lastErrorAt: row.last_error_at,
  }));
}

/** Everything in the status of a workspace. */
function status(engine: Engine): StatusStore['status'] {
  const { db } = engine;
  return async (workspace, limit) => {
    const { readTimes } = observedReads(engine);
    const outage = db.selectFrom('outages').select(['since', 'reason']).where('workspace', '=', workspace);
    const users = await troubled(engine, workspace, 'user', limit);
    return {
      users: {
        total: await count(engine, 'users', workspace),
        active: await count(engine, 'users', workspace, true),
      },
      groups: await count(engine, 'groups', workspace),
      jobs: await jobCounts(engine, workspace),
      deliveries: await deliveries(engine, workspace),
      reads: await readTimes(workspace),
      outage: toOutage(await outage.executeTakeFirst()),
      position: await feedReads(engine).lastPosition(workspace),
      troubled: [...users, ...(await troubled(engine, workspace, 'group', limit - users.length))],
      eventStreams: await eventStreams(engine, workspace, limit),
    };
  };
}

/** Resolves when the database answers. */
function ping(engine: Engine): StatusStore['ping'] {
  return () => engine.check();
}

function toOutage(row: { readonly since: number; readonly reason: string } | undefined): Outage | null {
  return row === undefined ? null : { since: row.since, reason: JSON.parse(row.reason) as Reason };
}

interface TroubledRow {
  readonly id: string;
  readonly name: string;
  readonly parked: number | null;
  readonly attempts: number | null;
  readonly run_at: number | null;
  readonly state: DeliveryState | null;
  readonly reason: string;
}
