/**
 * Puts the bridge together: the only file that knows every folder. Nothing in it is global, so that two bridges in
 * one process do not notice each other.
 */
import type { FastifyInstance } from 'fastify';
import { registerAdmin } from './admin/admin-routes.ts';
import { registerApiDocs } from './admin/api-docs.ts';
import { createMaintenance, type Maintenance } from './admin/maintenance.ts';
import type { Clock } from './clock.ts';
import type { Config, ModeAccess } from './config/read-config.ts';
import type { Connection } from './directory/connection.ts';
import type { TokenHolder } from './directory/token-holder.ts';
import { createGroups } from './directory/groups.ts';
import { authenticate, type TokenKind } from './directory/token.ts';
import { remembering } from './directory/remembering.ts';
import { prepareConnection, prepareToken, type StartToken } from './directory/tokens.ts';
import { createUsers } from './directory/users.ts';
import { BridgeError } from './errors.ts';
import { createEventKeys, type EventKeys } from './feed/events/event-keys.ts';
import { eventUris } from './feed/events/event-types.ts';
import { registerKeySet } from './feed/events/key-set-route.ts';
import { registerFeed } from './feed/feed-routes.ts';
import { diffExports, type ExportDiff } from './feed/files/diff-exports.ts';
import { createFeedFiles, type FeedFiles } from './feed/files/feed-files.ts';
import { readExport } from './feed/files/read-export.ts';
import { registerHealth } from './http/health.ts';
import { answerWithProblems } from './http/problem.ts';
import { createServer } from './http/server.ts';
import type { CallCounts } from './observability/call-counts.ts';
import type { Logger } from './observability/logger.ts';
import { createMetrics } from './observability/metrics.ts';
import { openWork } from './open-work.ts';
import { createDesk, type Desk } from './provisioning/desk.ts';
import type { SyncControl, SyncResult } from './provisioning/sync-state.ts';
import { startSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { createProfiles } from './scim/profile/profiles.ts';
import { createReadResource } from './scim/read-resource.ts';
import { registerScim } from './scim/register-scim.ts';
import { openStore, type Store } from './store/open-store.ts';
import { fullSync, type SyncOptions } from './worker/sync.ts';
import { createWorker, workContext } from './worker/worker.ts';

const SCIM_PREFIX = '/scim/v2';

export interface AppOptions {
  readonly config: Config;
  /** The Mode to talk to: the configured one, or the simulated one beside the bridge. */
  readonly mode: ModeAccess;
  /** That Mode begins empty with every start: what was known of it is forgotten. */
  readonly forgetful: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface App {
  /** Where it listens, e.g. http://127.0.0.1:8080 */
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly tokens: Readonly<Record<TokenKind, StartToken>>;
  /** Takes no more requests, lets the step under way finish, and closes everything. */
  close(): Promise<void>;
}

/** @returns when both ports listen and the worker runs @throws BridgeError invalid_config, unavailable */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, mode, clock } = options;
  const stopping = new AbortController();
  const store = openStore(config.databaseUrl);
  await store.migrate();
  const connection = await prepareConnection(store.access, clock, mode.workspace);
  assertSameWorkspace(connection, mode);
  const tokens = await prepareTokens(store, clock, config);
  if (config.events !== 'off') await eventKeysOf(store, clock, config).prepare();
  // Nobody else uses an SQLite file: what a bridge that died has claimed is free again.
  if (store.engine === 'sqlite') await store.provisioning.freeWorkspaces();

  if (options.forgetful) await store.provisioning.forgetMode(mode.workspace);

  const { options: work, calls } = openWork({ ...options, store, closing: stopping.signal });
  const worker = createWorker(work);
  const servers = createServers({ ...options, store, calls, sync: worker.sync, stopping: stopping.signal });
  const publicUrl = await servers.public.listen({ host: config.host, port: config.port });
  const adminUrl = await servers.admin.listen({ host: config.adminHost, port: config.adminPort });
  const working = worker.run(stopping.signal);

  return {
    publicUrl,
    adminUrl,
    tokens,
    close: async () => {
      stopping.abort();
      await Promise.all([servers.public.close(), servers.admin.close(), working]);
      await work.target.close();
      await store.close();
    },
  };
}

interface ServerParts extends AppOptions {
  readonly store: Store;
  readonly calls?: CallCounts;
  /** undefined: nobody works. */
  readonly sync?: SyncControl;
  readonly stopping: AbortSignal;
}

/** Both servers with all their routes; nothing listens yet. */
export function createServers(parts: ServerParts): { public: FastifyInstance; admin: FastifyInstance } {
  const { config, mode, store, clock, log, stopping } = parts;
  const metrics = createMetrics(async () => {
    const { jobs, deliveries, outage } = await store.status.status(mode.workspace, 0);
    return { jobs, deliveries, failing: outage !== null };
  }, parts.calls);
  const ready = () => store.status.ping();
  const tokenFor = (...kinds: TokenKind[]) => remembering((text) => holderOf(store, text, kinds), clock);
  const publicServer = createServer({ log });
  const admin = createServer({ log });

  metrics.watch(publicServer, 'public');
  metrics.watch(admin, 'admin');
  // Fastify's own answer to an unknown address would put the query string into the log.
  answerWithProblems(publicServer);
  answerWithProblems(admin);
  registerApiDocs(publicServer, admin);
  registerHealth(publicServer, ready);
  registerHealth(admin, ready);

  const users = createUsers(store.directory, clock);
  const groups = createGroups(store.directory, clock);
  const scim = {
    users,
    groups,
    shown: store.shown,
    clock,
    profiles: createProfiles(store.idp, clock, log),
    reading: { adminRoleAnyCase: config.adminRoleAnyCase },
    publicUrl: config.publicUrl,
    eventUris: config.events === 'off' ? [] : eventUris(config.events),
  };
  const keys = eventKeysOf(store, clock, config);
  const readResource = config.events === 'full' ? createReadResource(scim, SCIM_PREFIX) : undefined;
  const events = { store: store.events, keys, readResource, publicUrl: config.publicUrl };
  publicServer.register(
    (scope, _options, done) => {
      // Whoever reads the feed may read SCIM, too.
      registerScim(scope, { ...scim, authenticate: tokenFor('scim', 'feed') });
      done();
    },
    { prefix: SCIM_PREFIX },
  );
  publicServer.register(
    (scope, _options, done) => {
      registerFeed(scope, {
        store: store.feed,
        clock,
        authenticate: tokenFor('feed'),
        stopping,
        events: config.events === 'off' ? undefined : events,
      });
      done();
    },
    { prefix: '/feed/v1' },
  );
  if (config.events !== 'off') registerKeySet(publicServer, keys);
  admin.register(
    (scope, _options, done) => {
      registerAdmin(scope, {
        store: store.status,
        access: store.access,
        idp: store.idp,
        capabilities: store.capabilities,
        tasks: store.tasks,
        clock,
        authenticate: tokenFor('admin'),
        drive: { sync: parts.sync, desk: createDesk(store.provisioning, clock, config.drift) },
      });
      done();
    },
    { prefix: '/admin/api' },
  );
  metrics.expose(admin);
  return { public: publicServer, admin };
}

/** Who a token stands for, when it is of one of these kinds. */
async function holderOf(
  store: Store,
  text: string,
  kinds: readonly TokenKind[],
): Promise<TokenHolder | undefined> {
  for (const kind of kinds) {
    const token = await authenticate(store.access, text, kind);
    if (token === undefined) continue;
    const connection = await store.access.connection(token.connectionId);
    return connection && { ...connection, tokenId: token.id, kind };
  }
  return undefined;
}

function eventKeysOf(store: Store, clock: Clock, { eventsKey }: Config): EventKeys {
  return createEventKeys(store.eventKeys, clock, eventsKey);
}

async function prepareTokens(store: Store, clock: Clock, config: Config): Promise<App['tokens']> {
  const prepare = (kind: TokenKind, setting: string, fixed: string | undefined) =>
    prepareToken(store.access, clock, { kind, setting, fixed });
  return {
    scim: await prepare('scim', 'BRIDGE_SCIM_TOKEN', config.scimToken),
    feed: await prepare('feed', 'BRIDGE_FEED_TOKEN', config.feedToken),
    admin: await prepare('admin', 'BRIDGE_ADMIN_TOKEN', config.adminToken),
  };
}

/** A database is of one workspace: with another one's settings, everybody in it would look gone. */
function assertSameWorkspace(connection: Connection, mode: ModeAccess): void {
  if (connection.workspace === mode.workspace) return;
  throw new BridgeError(
    'invalid_config',
    `The database is of the workspace "${connection.workspace}", MODE_WORKSPACE says "${mode.workspace}": use another database (BRIDGE_DATABASE_URL), or the workspace it was made for.`,
  );
}

/**
 * Opens the database for a command, and closes it afterwards.
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withMaintenance<T>(
  config: Config,
  clock: Clock,
  work: (maintenance: Maintenance, applied: readonly string[]) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    const applied = await store.migrate();
    return await work(
      createMaintenance(
        {
          access: store.access,
          store: store.status,
          idp: store.idp,
          capabilities: store.capabilities,
          tasks: store.tasks,
          eventKeys: eventKeysOf(store, clock, config),
        },
        clock,
      ),
      applied,
    );
  } finally {
    await store.close();
  }
}

/**
 * Opens the database for what operators ask of provisioning, and closes it afterwards.
 * @param work gets the workspaces that the database is of
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withDesk<T>(
  config: Config,
  clock: Clock,
  work: (desk: Desk, workspaces: readonly string[]) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    await store.migrate();
    const workspaces = new Set((await store.access.connections()).map((one) => one.workspace));
    return await work(createDesk(store.provisioning, clock, config.drift), [...workspaces]);
  } finally {
    await store.close();
  }
}

/**
 * Opens the feed of the database's workspace for a command, and closes it afterwards.
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable, not_found
 */
export async function withFeed<T>(
  config: Config,
  clock: Clock,
  work: (files: FeedFiles) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    await store.migrate();
    const [connection] = await store.access.connections();
    if (connection === undefined)
      throw new BridgeError('not_found', 'The database knows no workspace yet: run serve first.');
    return await work(createFeedFiles(store.feed, connection.workspace, clock));
  } finally {
    await store.close();
  }
}

/** What two exports of the feed differ in. @throws BridgeError invalid_value, payload_too_large */
export async function compareExports(before: string, after: string): Promise<ExportDiff> {
  return diffExports(await readExport(before), await readExport(after));
}

/** What a command may do with a workspace that it holds. */
export interface WorkUse {
  readonly fullSync: (signal: AbortSignal, options: SyncOptions) => Promise<SyncResult>;
}

/**
 * Works for the workspace in the place of a running bridge, and lets go of it afterwards.
 * @throws whatever `work` throws, and BridgeError conflict when a bridge is running
 */
export async function withWork<T>(
  parts: Omit<AppOptions, 'forgetful'>,
  work: (use: WorkUse) => Promise<T>,
): Promise<T> {
  const { config, mode, clock } = parts;
  const store = openStore(config.databaseUrl);
  const stopping = new AbortController();
  try {
    await store.migrate();
    assertSameWorkspace(await prepareConnection(store.access, clock, mode.workspace), mode);
    const { options } = openWork({ ...parts, store, closing: stopping.signal });
    const { tenure, target } = options;
    if (!(await tenure.hold())) {
      throw new BridgeError(
        'conflict',
        `A bridge works for the workspace "${mode.workspace}" now: ask it (POST /admin/api/workspaces/${mode.workspace}/sync), or stop it and wait half a minute.`,
      );
    }
    const keeping = tenure.keep(stopping.signal, () => undefined);
    try {
      const context = workContext(options);
      return await work({ fullSync: (signal, how) => fullSync(context, signal, how) });
    } finally {
      stopping.abort();
      await keeping;
      await tenure.leave();
      await target.close();
    }
  } finally {
    await store.close();
  }
}

/**
 * The simulated Mode, with the keys of the settings, or its own when there are none.
 * @param start what its settings say besides the profile, and how many people and groups it begins with
 */
export async function startSimulatedMode(
  config: Config,
  clock: Clock,
  log: Logger,
  start: { readonly settings?: object; readonly seed?: object } = {},
): Promise<{ readonly sandbox: Sandbox; readonly mode: ModeAccess }> {
  const { workspace = 'acme', key = { token: 'sandbox', secret: 'sandbox' } } = config.mode ?? {};
  const inviter = config.mode?.inviter ?? { token: 'inviter', secret: 'inviter' };
  const options = { port: config.sandboxPort, workspace, mainKey: key, inviterKey: inviter };
  const settings = { profile: config.sandboxProfile, ...start.settings };
  const sandbox = await startSandbox({ ...options, ...start, settings, clock, log });
  return { sandbox, mode: { baseUrl: sandbox.url, workspace, key, inviter } };
}
