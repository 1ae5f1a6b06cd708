/** The database for commands: opened, migrated, and closed again. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { createFeedFiles, type FeedFiles } from '../feed/files/feed-files.ts';
import type { Operators } from '../operators/operators.ts';
import { openStore } from '../store/open-store.ts';
import { operatorsOf } from './operators-of.ts';

/** What a command can use. */
export interface Bridge {
  readonly operators: Operators;
  /** The migrations that opening the database has applied. */
  readonly applied: readonly string[];
  /** The workspace of the settings, else the one that the database knows. @throws BridgeError not_found */
  workspace(): Promise<string>;
  /** The feed of the database's workspace, whatever the settings name, as files. @throws BridgeError not_found */
  files(): Promise<FeedFiles>;
  /** Signs SCIM events with a new key from now on. @returns its id @throws BridgeError invalid_value */
  rotateEventKey(): Promise<string>;
}

/**
 * Opens the database for `work`, and closes it afterwards.
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withBridge<T>(
  config: Config,
  clock: Clock,
  work: (bridge: Bridge) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    const applied = await store.migrate();
    const operators = operatorsOf(store, clock, config);
    const stored = async () => {
      const [slug] = await operators.connections.workspaces();
      if (slug !== undefined) return slug;
      throw new BridgeError('not_found', 'The database knows no workspace yet: run "serve" first.');
    };
    return await work({
      operators,
      applied,
      workspace: async () => config.mode?.workspace ?? (await stored()),
      files: async () => createFeedFiles(store.feed, await stored(), clock),
      rotateEventKey: () => createEventKeys(store.eventKeys, clock, config.eventsKey).rotate(),
    });
  } finally {
    await store.close();
  }
}
