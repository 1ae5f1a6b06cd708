/** Opens the database behind every port of the bridge. */
import { existsSync } from 'node:fs';
import type { ExplainStore } from '../operators/explain/explain-store.ts';
import type { LogStore } from '../operators/state/log-store.ts';
import type { UndoStore } from '../operators/undo/undo-store.ts';
import type { AuditStore } from '../audit/audit-store.ts';
import type { NoticeStore } from '../notices/notice-store.ts';
import type { StatusStore } from '../operators/status-store.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { RequestStore } from '../directory/requests/request-store.ts';
import type { IdpProfileStore } from '../directory/access/idp-profile.ts';
import type { ViewStore } from '../directory/view.ts';
import type { TokenStore } from '../directory/access/token.ts';
import type { WithdrawalPruning } from '../directory/withdrawal/withdrawal-store.ts';
import { BridgeError } from '../errors.ts';
import type { EventKeyStore } from '../feed/events/event-key-store.ts';
import type { EventStore } from '../feed/events/event-store.ts';
import type { FeedStore } from '../feed/feed-store.ts';
import type { Outage } from '../provisioning/job/outage.ts';
import type { Observation } from '../provisioning/model/observation.ts';
import type { ProvisioningStore } from '../provisioning/ports/provisioning-store.ts';
import type { LeaverStore } from '../provisioning/leaver/leaver-store.ts';
import type { HoldStore } from '../provisioning/gate/hold.ts';
import type { DryRunStore, PlanStore } from '../provisioning/ports/dry-run-store.ts';
import type { TaskStore } from '../provisioning/plan/task.ts';
import { systemProblem } from '../system-error.ts';
import { auditLog } from './audit/audit-log.ts';
import { noticeLog } from './notices/notice-log.ts';
import { accessStore } from './directory/access-store.ts';
import { concernedReads } from './provisioning/concerned-reads.ts';
import { capabilities } from './provisioning/capabilities.ts';
import { groupStates } from './provisioning/group-states.ts';
import { userStates } from './provisioning/user-states.ts';
import { directoryReads } from './directory/directory-reads.ts';
import { withdrawalPruning, withdrawalReads } from './directory/withdrawals.ts';
import { directoryWrites } from './directory/directory-writes.ts';
import { dryRunReads } from './provisioning/dry-run-reads.ts';
import { driftStore } from './provisioning/drift-store.ts';
import type { Engine } from './engine/engine.ts';
import { eventKeys } from './feed/event-keys.ts';
import { eventStreams } from './feed/event-streams.ts';
import { feedReads } from './feed/feed-reads.ts';
import { forgetFuture } from './provisioning/forget-future.ts';
import { holds } from './provisioning/holds.ts';
import { idpProfiles } from './directory/idp-profiles.ts';
import { inviteReads } from './provisioning/invite-reads.ts';
import { jobs } from './provisioning/jobs.ts';
import { leaverStore } from './provisioning/leavers.ts';
import { linkStore } from './provisioning/link-store.ts';
import { migrate } from './migrations/migrate.ts';
import { observationStatements } from './provisioning/observation-statements.ts';
import { observedReads } from './provisioning/observed-reads.ts';
import { permissionReads } from './provisioning/permission-reads.ts';
import { openPostgres } from './engine/postgres-engine.ts';
import { viewReads } from './directory/view-reads.ts';
import { openSqlite } from './engine/sqlite-engine.ts';
import { DATABASE_SETTING } from './engine/sqlite-file.ts';
import { removals } from './provisioning/removals.ts';
import { logReads } from './log/log-reads.ts';
import { undoPlans } from './undo/undo-plans.ts';
import { explainReads } from './explain/explain-reads.ts';
import { requestReads } from './requests/request-reads.ts';
import { requestWrites } from './requests/request-writes.ts';
import { plans } from './provisioning/plans.ts';
import { statusReads } from './operators/status-reads.ts';
import { targetFacts } from './provisioning/target-facts.ts';
import { tasks } from './provisioning/tasks.ts';
import { forgetTarget } from './provisioning/forget-target.ts';
import { workspaceLeases } from './provisioning/workspace-leases.ts';
import { systemRandom, type Random } from '../random.ts';

const MAX_RECORD_ATTEMPTS = 10;

export interface Store {
  readonly engine: Engine['name'];
  readonly directory: DirectoryStore;
  readonly withdrawals: WithdrawalPruning;
  readonly leavers: LeaverStore;
  readonly views: ViewStore;
  readonly idp: IdpProfileStore;
  readonly access: ConnectionStore & TokenStore;
  readonly provisioning: ProvisioningStore;
  readonly capabilities: CapabilityStore;
  readonly tasks: TaskStore;
  readonly holds: HoldStore;
  readonly plans: DryRunStore & PlanStore;
  readonly feed: FeedStore;
  readonly events: EventStore;
  readonly eventKeys: EventKeyStore;
  readonly status: StatusStore;
  readonly requests: RequestStore;
  readonly explain: ExplainStore;
  readonly log: LogStore;
  readonly undo: UndoStore;
  readonly audit: AuditStore;
  readonly notices: NoticeStore;
  /**
   * Call it before long-running work on the database. @throws BridgeError conflict when another bridge has the SQLite
   * file
   */
  takeAlone(): void;
  /** @returns the names of the migrations that were applied now */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The time limit of a search without an index. */
  readonly scanLimitMs?: number | undefined;
  /** Whether a missing SQLite file is created. Default: yes. */
  readonly mayCreate?: boolean;
  /** The randomness for the store's ids. */
  readonly random?: Random;
}

/**
 * @param url `sqlite:PATH` or `postgres://...`
 * @throws BridgeError invalid_config, unavailable
 */
export function openStore(
  url: string,
  { scanLimitMs, mayCreate = true, random = systemRandom }: StoreOptions = {},
): Store {
  if (!mayCreate) assertExists(url);
  const engine = openEngine(url, scanLimitMs, random);
  const feed = feedReads(engine);
  const held = holds(engine);
  return {
    engine: engine.name,
    directory: { ...directoryReads(engine), ...withdrawalReads(engine), ...directoryWrites(engine) },
    withdrawals: withdrawalPruning(engine),
    leavers: leaverStore(engine),
    views: viewReads(engine),
    idp: idpProfiles(engine),
    access: accessStore(engine),
    provisioning: {
      ...workspaceLeases(engine),
      ...jobs(engine),
      ...forgetFuture(engine),
      subjectState: subjectStates(engine),
      ...observedReads(engine),
      ...concernedReads(engine),
      ...inviteReads(engine),
      ...linkStore(engine),
      ...driftStore(engine),
      ...permissionReads(engine),
      ...targetFacts(engine),
      ...removals(engine),
      syncHolds: held.syncHolds,
      endRemovals: held.endRemovals,
      record: recordOf(engine),
      forgetTarget: (workspace, at) => forgetTarget(engine, workspace, at),
      saveOutage: (workspace, outage) => saveOutage(engine, workspace, outage),
    },
    capabilities: capabilities(engine),
    tasks: tasks(engine),
    holds: held,
    plans: { ...dryRunReads(engine), ...plans(engine) },
    feed,
    events: eventStreams(engine),
    eventKeys: eventKeys(engine),
    status: statusReads(engine),
    requests: { ...requestWrites(engine), ...requestReads(engine) },
    explain: explainReads(engine),
    log: logReads(engine),
    undo: undoPlans(engine),
    audit: auditLog(engine),
    notices: noticeLog(engine),
    takeAlone: () => {
      engine.takeAlone();
    },
    migrate: () => migrate(engine),
    close: async () => {
      feed.close();
      await engine.close();
    },
  };
}

function subjectStates(engine: Engine): ProvisioningStore['subjectState'] {
  const [ofUser, ofGroup] = [userStates(engine), groupStates(engine)];
  return (workspace, { kind, id }, now) =>
    kind === 'user' ? ofUser(workspace, id, now) : ofGroup(workspace, id);
}

/** An observation has no expectations, but two concurrent ones can conflict on PostgreSQL. */
function recordOf(engine: Engine): (observation: Observation) => Promise<void> {
  const statements = observationStatements(engine);
  return async (observation) => {
    for (let attempt = 0; attempt < MAX_RECORD_ATTEMPTS; attempt += 1) {
      if ((await engine.write(statements(observation))) === 'committed') return;
    }
    throw new BridgeError(
      'unavailable',
      'What was read from the target could not be written: too many writes at once.',
    );
  };
}

async function saveOutage({ db, write }: Engine, workspace: string, outage: Outage | null): Promise<void> {
  if (outage === null) {
    await write([{ query: db.deleteFrom('outages').where('workspace', '=', workspace).compile() }]);
    return;
  }
  const { since } = outage;
  const reason = JSON.stringify(outage.reason);
  const insert = db.insertInto('outages').values({ workspace, since, reason });
  const upsert = insert.onConflict((conflict) => conflict.column('workspace').doUpdateSet({ since, reason }));
  await write([{ query: upsert.compile() }]);
}

/** Otherwise a mistyped path would be an empty database without problems. @throws BridgeError invalid_config */
function assertExists(url: string): void {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined || existsSync(path)) return;
  throw new BridgeError(
    'invalid_config',
    `The database file ${path} does not exist. Check the path in ${DATABASE_SETTING}, or make the database with "serve" or "migrate".`,
  );
}

function openEngine(url: string, scanLimitMs: number | undefined, random: Random): Engine {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, scanLimitMs, random);
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new BridgeError('invalid_config', 'The database URL is neither sqlite:PATH nor postgres://...');
  }
  try {
    return openSqlite(path, scanLimitMs, random);
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    const problem = systemProblem(error);
    const reason = problem?.message ?? (error instanceof Error ? error.message : 'unknown');
    throw new BridgeError(
      problem?.correctable === true ? 'invalid_config' : 'unavailable',
      `The database file ${path} cannot be opened: ${reason}`,
      { cause: error },
    );
  }
}
