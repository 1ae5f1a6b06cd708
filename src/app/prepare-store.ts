/** Prepares the database for a start: its tables, and the workspaces, connections and tokens of the configuration. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { alignConnections } from '../directory/access/align-connections.ts';
import { alignTokens, type StartTokens } from '../directory/access/align-tokens.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import type { Logger } from '../observability/logger.ts';
import type { Store } from '../store/open-store.ts';
import { assertKnownWorkspaces } from './known-workspaces.ts';

interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * For serving.
 * @param forgetful Mode is empty at every start, so what was known about it is deleted
 * @returns the tokens of every workspace
 * @throws BridgeError invalid_config, unavailable, conflict
 */
export async function prepareStore(
  { config, clock, log, forgetful }: Parts & { readonly forgetful: boolean },
  store: Store,
): Promise<readonly StartTokens[]> {
  store.takeAlone();
  await prepareConnections(
    { config, clock, log },
    store,
    ', and the tokens that settings gave it are revoked',
  );
  const { events, eventsKey } = config.server;
  const tokens = await alignTokens(store.access, clock, config.workspaces, await store.access.connections());
  if (events !== 'off') await createEventKeys(store.eventKeys, clock, eventsKey).prepare();
  if (forgetful)
    for (const { slug } of config.workspaces) await store.provisioning.forgetTarget(slug, clock.now());
  return tokens;
}

/**
 * Call it before work for a workspace, when this process has the database for itself. A connection that the file does
 * not list is paused, and this is logged.
 * @param also what else the log says about such a connection
 * @throws BridgeError invalid_config
 */
export async function prepareConnections(
  { config, clock, log }: Parts,
  store: Store,
  also = '',
): Promise<void> {
  await store.migrate();
  assertKnownWorkspaces(await store.access.connections(), config);
  const rulesAll = config.file !== undefined;
  for (const { workspace, name } of await alignConnections(store, clock, config.workspaces, rulesAll)) {
    log.warn(
      { workspace, connection: name, file: config.file },
      `the file does not list this connection: it is paused${also}`,
    );
  }
  // No other process uses an SQLite file, so the claims of a bridge that died are free again.
  if (store.engine === 'sqlite') await store.provisioning.releaseAllWorkspaces();
}
