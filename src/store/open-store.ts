/** Opens the database behind every port of the bridge. */
import type { StatusStore } from '../admin/status-store.ts';
import type { CapabilityStore } from '../provisioning/capability-book.ts';
import type { ConnectionStore } from '../directory/connection-store.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { IdpProfileStore } from '../directory/idp-profile.ts';
import type { ShownStore } from '../directory/shown.ts';
import type { TokenStore } from '../directory/token.ts';
import { BridgeError } from '../errors.ts';
import type { EventKeyStore } from '../feed/events/event-key-store.ts';
import type { EventStore } from '../feed/events/event-store.ts';
import type { FeedStore } from '../feed/feed-store.ts';
import type { Outage } from '../provisioning/outage.ts';
import type { Observation } from '../provisioning/observation.ts';
import type { ProvisioningStore } from '../provisioning/provisioning-store.ts';
import type { TaskStore } from '../provisioning/task.ts';
import { systemProblem } from '../system-error.ts';
import { accessStore } from './access-store.ts';
import { behindReads } from './behind-reads.ts';
import { capabilities } from './capabilities.ts';
import { desiredReads } from './desired-reads.ts';
import { directoryReads } from './directory-reads.ts';
import { directoryWrites } from './directory-writes.ts';
import { driftStore } from './drift-store.ts';
import type { Engine } from './engine.ts';
import { eventKeys } from './event-keys.ts';
import { eventStreams } from './event-streams.ts';
import { feedReads } from './feed-reads.ts';
import { forgetFuture } from './forget-future.ts';
import { idpProfiles } from './idp-profiles.ts';
import { inviteReads } from './invite-reads.ts';
import { jobs } from './jobs.ts';
import { linkStore } from './link-store.ts';
import { migrate } from './migrate.ts';
import { observationStatements } from './observation-statements.ts';
import { observedReads } from './observed-reads.ts';
import { permissionReads } from './permission-reads.ts';
import { openPostgres } from './postgres-engine.ts';
import { shownReads } from './shown-reads.ts';
import { openSqlite } from './sqlite-engine.ts';
import { statusReads } from './status-reads.ts';
import { targetFacts } from './target-facts.ts';
import { tasks } from './tasks.ts';
import { workspaceLeases } from './workspace-leases.ts';

const MAX_RECORD_ATTEMPTS = 10;

export interface Store {
  readonly engine: Engine['name'];
  readonly directory: DirectoryStore;
  readonly shown: ShownStore;
  readonly idp: IdpProfileStore;
  readonly access: ConnectionStore & TokenStore;
  readonly provisioning: ProvisioningStore;
  readonly capabilities: CapabilityStore;
  readonly tasks: TaskStore;
  readonly feed: FeedStore;
  readonly events: EventStore;
  readonly eventKeys: EventKeyStore;
  readonly status: StatusStore;
  /** To be called by what works with the database for long. @throws BridgeError conflict when another bridge has the SQLite file */
  takeAlone(): void;
  /** @returns the names of the migrations that were applied now */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * @param url `sqlite:PATH` or `postgres://...`
 * @param scanLimitMs how long a search without an index may run
 * @throws BridgeError invalid_config, unavailable
 */
export function openStore(url: string, scanLimitMs?: number): Store {
  const engine = openEngine(url, scanLimitMs);
  const feed = feedReads(engine);
  return {
    engine: engine.name,
    directory: { ...directoryReads(engine), ...directoryWrites(engine) },
    shown: shownReads(engine),
    idp: idpProfiles(engine),
    access: accessStore(engine),
    provisioning: {
      ...workspaceLeases(engine),
      ...jobs(engine),
      ...forgetFuture(engine),
      ...desiredReads(engine),
      ...observedReads(engine),
      ...behindReads(engine),
      ...inviteReads(engine),
      ...linkStore(engine),
      ...driftStore(engine),
      ...permissionReads(engine),
      ...targetFacts(engine),
      record: recordOf(engine),
      forgetMode: (workspace) => forgetMode(engine, workspace),
      saveOutage: (workspace, outage) => saveOutage(engine, workspace, outage),
    },
    capabilities: capabilities(engine),
    tasks: tasks(engine),
    feed,
    events: eventStreams(engine),
    eventKeys: eventKeys(engine),
    status: statusReads(engine),
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

/** Nothing in an observation can be refused; two at once on PostgreSQL may still be in each other's way. */
function recordOf(engine: Engine): (observation: Observation) => Promise<void> {
  const statements = observationStatements(engine);
  return async (observation) => {
    for (let attempt = 0; attempt < MAX_RECORD_ATTEMPTS; attempt += 1) {
      if ((await engine.write(statements(observation))) === 'committed') return;
    }
    throw new BridgeError(
      'unavailable',
      'What was seen on Mode could not be written: too many writes at once.',
    );
  };
}

async function forgetMode({ db, write }: Engine, workspace: string): Promise<void> {
  const tables = [
    'observed_group_members',
    'observed_groups',
    'observed_members',
    'links',
    'deliveries',
    'read_times',
    'capability_routes',
    'probes',
    'tasks',
    'removed_on_mode',
    'invites',
    'last_written',
    'observed_resources',
    'observed_permissions',
    'observed_activity',
    'target_facts',
  ] as const;
  await write(
    tables.map((table) => ({ query: db.deleteFrom(table).where('workspace', '=', workspace).compile() })),
  );
}

async function saveOutage({ db, write }: Engine, workspace: string, outage: Outage | null): Promise<void> {
  if (outage === null) {
    await write([{ query: db.deleteFrom('outages').where('workspace', '=', workspace).compile() }]);
    return;
  }
  const { since, reason } = outage;
  const insert = db.insertInto('outages').values({ workspace, since, reason });
  const upsert = insert.onConflict((conflict) => conflict.column('workspace').doUpdateSet({ since, reason }));
  await write([{ query: upsert.compile() }]);
}

function openEngine(url: string, scanLimitMs?: number): Engine {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, scanLimitMs);
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new BridgeError('invalid_config', 'The database URL is neither sqlite:PATH nor postgres://...');
  }
  try {
    return openSqlite(path, scanLimitMs);
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
