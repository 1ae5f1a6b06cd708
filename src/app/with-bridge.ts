/** The database for commands: opened, migrated, and closed again. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { createFeedFiles, type FeedFiles } from '../feed/files/feed-files.ts';
import type { Operators } from '../operators/operators.ts';
import { openStore } from '../store/open-store.ts';
import { operatorsOf } from './operators-of.ts';

/** The parts of the bridge that commands use. */
export interface Bridge {
  readonly operators: Operators;
  /** The migrations that opening the database has applied. */
  readonly applied: readonly string[];
  readonly config: Config;
  /** The feed of a workspace as files. @param workspace needed when there are several @throws BridgeError not_found, invalid_value */
  files(workspace?: string): Promise<FeedFiles>;
  /** Creates a new key for SCIM events. @returns its id @throws BridgeError invalid_value */
  rotateEventKey(by: string): Promise<string>;
}

/**
 * Opens the database for `work`, and closes it afterwards.
 * @param options `mayCreate`: creates a missing SQLite database; without it, a missing database is an error
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withBridge<T>(
  config: Config,
  clock: Clock,
  work: (bridge: Bridge) => Promise<T>,
  { mayCreate = false }: { readonly mayCreate?: boolean } = {},
): Promise<T> {
  const store = openStore(config.server.databaseUrl, { mayCreate });
  try {
    const applied = await store.migrate();
    const operators = operatorsOf(store, clock, config);
    return await work({
      operators,
      applied,
      config,
      files: async (workspace) =>
        createFeedFiles(store.feed, await operators.connections.workspace(workspace), clock),
      rotateEventKey: (by) => createEventKeys(store.eventKeys, clock, config.server.eventsKey).rotate(by),
    });
  } finally {
    await store.close();
  }
}
