/** The bridge as it is served: both ports listening, the worker working. Two of them in one process do not notice each other. */
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';
import type { TokenKind } from '../directory/token.ts';
import { prepareConnection, prepareToken, type StartToken } from '../directory/tokens.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import type { Logger } from '../observability/logger.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createWorker } from '../worker/worker.ts';
import { createServers } from './create-servers.ts';
import { openWork } from './open-work.ts';
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

/** @returns when both ports listen and the worker runs @throws BridgeError invalid_config, unavailable */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, mode, clock } = options;
  const stopping = new AbortController();
  const store = openStore(config.databaseUrl);
  await store.migrate();
  const connection = await prepareConnection(store.access, clock, mode.workspace);
  assertSameWorkspace(connection, mode);
  const tokens = await prepareTokens(store, clock, config);
  if (config.events !== 'off') await createEventKeys(store.eventKeys, clock, config.eventsKey).prepare();
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

async function prepareTokens(store: Store, clock: Clock, config: Config): Promise<App['tokens']> {
  const prepare = (kind: TokenKind, setting: string, fixed: string | undefined) =>
    prepareToken(store.access, clock, { kind, setting, fixed });
  return {
    scim: await prepare('scim', 'BRIDGE_SCIM_TOKEN', config.scimToken),
    feed: await prepare('feed', 'BRIDGE_FEED_TOKEN', config.feedToken),
    admin: await prepare('admin', 'BRIDGE_ADMIN_TOKEN', config.adminToken),
  };
}
