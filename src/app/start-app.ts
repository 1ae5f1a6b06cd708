/** The bridge as it is served: both ports listening, the worker working. Two of them in one process do not notice each other. */
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';
import type { TokenKind } from '../directory/access/token.ts';
import { prepareConnection, prepareToken, type StartToken } from '../directory/access/tokens.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { closeServer } from '../http/close-server.ts';
import { isLoopback } from '../http/host-check.ts';
import { listen } from '../http/listen.ts';
import type { Logger } from '../observability/logger.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createWorker } from '../worker/worker.ts';
import { createServers } from './create-servers.ts';
import { endsWithin, keepWorking } from './keep-working.ts';
import { openWorkspace } from './open-workspace.ts';
import { assertSameWorkspace } from './same-workspace.ts';

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

/** How long requests under way may take when the bridge stops. */
const REQUESTS_GRACE_MS = 5_000;
/** How long the worker's steps under way may take then: a call to Mode has 20 seconds. */
const WORK_GRACE_MS = 22_000;

/**
 * @returns when both ports listen and the worker runs
 * @throws BridgeError invalid_config, unavailable, conflict; nothing listens or runs then
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, clock, log } = options;
  const stopping = new AbortController();
  const store = openStore(config.databaseUrl);
  let parts: Parts | undefined;
  try {
    const tokens = await prepareStore(options, store);
    parts = createParts(options, store, stopping.signal);
    const { servers, keeper } = parts;
    // The IdP's port comes last: what it is answered is worth something only when all the rest stands.
    const adminUrl = await listen(
      servers.admin,
      { host: config.adminHost, port: config.adminPort },
      { name: 'admin port', setting: 'BRIDGE_ADMIN_PORT' },
    );
    const publicUrl = await listen(
      servers.public,
      { host: config.host, port: config.port },
      { name: 'port of SCIM and feed', setting: 'BRIDGE_PORT' },
    );
    if (config.publicUrl === undefined && !isLoopback(config.host)) {
      log.warn(
        { setting: 'BRIDGE_PUBLIC_URL' },
        'the addresses that the IdP is given follow the Host header of each request: set how the IdP reaches this port',
      );
    }
    const working = keeper.run(stopping.signal);
    const all = parts;
    return {
      publicUrl,
      adminUrl,
      tokens,
      close: async () => {
        stopping.abort();
        await Promise.all([
          closeServer(servers.public, clock, REQUESTS_GRACE_MS),
          closeServer(servers.admin, clock, REQUESTS_GRACE_MS),
          endsWithin(working, clock, WORK_GRACE_MS).then((ended) => {
            if (!ended) log.error({ graceMs: WORK_GRACE_MS }, 'the worker is not waited for any longer');
          }),
        ]);
        await Promise.all([servers.flush(), all.target.close()]);
        await store.close();
      },
    };
  } catch (error) {
    stopping.abort();
    await Promise.all([parts?.servers.public.close(), parts?.servers.admin.close(), parts?.target.close()]);
    await store.close();
    throw error;
  }
}

/** Brings the database to what this start needs. */
async function prepareStore(
  { config, mode, clock, forgetful }: AppOptions,
  store: Store,
): Promise<App['tokens']> {
  store.takeAlone();
  await store.migrate();
  const connection = await prepareConnection(store.access, clock, mode.workspace);
  assertSameWorkspace(connection, mode);
  const tokens = await prepareTokens(store, clock, config);
  if (config.events !== 'off') await createEventKeys(store.eventKeys, clock, config.eventsKey).prepare();
  // Nobody else uses an SQLite file: what a bridge that died has claimed is free again.
  if (store.engine === 'sqlite') await store.provisioning.releaseAllWorkspaces();
  if (forgetful) await store.provisioning.forgetMode(mode.workspace);
  return tokens;
}

type Parts = ReturnType<typeof createParts>;

/** What serves and what works; nothing does yet. */
function createParts(options: AppOptions, store: Store, stopping: AbortSignal) {
  const { options: work, calls } = openWorkspace({ ...options, store, closing: stopping });
  const worker = createWorker(work);
  const keeper = keepWorking(worker, options.clock, options.log);
  const servers = createServers({
    ...options,
    store,
    calls,
    sync: worker.sync,
    workerTrouble: keeper.trouble,
    stopping,
  });
  return { target: work.target, keeper, servers };
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
