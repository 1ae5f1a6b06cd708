/** Opens a workspace for commands that do the work of a running bridge. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { BridgeError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { SyncResult } from '../provisioning/model/sync-state.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createFeedReading } from '../worker/reading/feed-reading.ts';
import { fullSync, type SyncOptions } from '../worker/reading/sync.ts';
import { workContext } from '../worker/make-work-context.ts';
import { openWorkspace, type WorkspaceSpec } from './open-workspace.ts';
import { prepareConnections } from './prepare-store.ts';
import type { Random } from '../random.ts';

interface Parts {
  readonly config: Config;
  /** One of the configuration. */
  readonly spec: WorkspaceSpec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
}

/** The parts of a workspace whose lease the command has. */
export interface HeldWorkspace {
  readonly fullSync: (signal: AbortSignal, options: SyncOptions) => Promise<SyncResult>;
}

/**
 * Works for the workspace in place of a running bridge, and releases it afterwards.
 * @throws whatever `work` throws, and BridgeError conflict when a bridge is running
 */
export async function withWorkspace<T>(parts: Parts, work: (use: HeldWorkspace) => Promise<T>): Promise<T> {
  const { config, spec } = parts;
  const store = openStore(config.server.databaseUrl, { random: parts.random });
  const stopping = new AbortController();
  try {
    if (!isFree(store)) throw bridgeRuns(spec.slug);
    await prepareConnections(parts, store);
    const { options } = openWorkspace(spec, { ...parts, store, closing: stopping.signal });
    const { workspaceLease, target } = options;
    if (!(await workspaceLease.acquire())) throw bridgeRuns(spec.slug);
    const keeping = workspaceLease.keep(stopping.signal, () => undefined);
    try {
      const context = workContext(options);
      const forFeed = createFeedReading(context);
      return await work({
        fullSync: async (signal, how) => {
          const result = await fullSync(context, signal, how);
          forFeed.begin();
          await forFeed.settled();
          return result;
        },
      });
    } finally {
      stopping.abort();
      await keeping;
      await workspaceLease.release();
      await target.close();
    }
  } finally {
    await store.close();
  }
}

/** Takes the SQLite file. @returns whether no other bridge has it */
function isFree(store: Store): boolean {
  try {
    store.takeAlone();
    return true;
  } catch (error) {
    if (error instanceof BridgeError && error.code === 'conflict') return false;
    throw error;
  }
}

function bridgeRuns(workspace: string): BridgeError {
  return new BridgeError(
    'conflict',
    `A bridge works for the workspace "${workspace}" now: use POST /admin/api/workspaces/${workspace}/sync, or stop the bridge and wait half a minute.`,
  );
}
