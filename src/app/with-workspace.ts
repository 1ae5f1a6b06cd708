/** A workspace for commands that do what a running bridge does. */
import { prepareConnection } from '../directory/access/tokens.ts';
import { BridgeError } from '../errors.ts';
import type { SyncResult } from '../provisioning/model/sync-state.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createFeedReading } from '../worker/reading/feed-reading.ts';
import { fullSync, type SyncOptions } from '../worker/reading/sync.ts';
import { workContext } from '../worker/worker.ts';
import { openWorkspace } from './open-workspace.ts';
import { assertSameWorkspace } from './same-workspace.ts';
import type { AppOptions } from './start-app.ts';

/** What a command may do with a workspace that it holds. */
export interface HeldWorkspace {
  readonly fullSync: (signal: AbortSignal, options: SyncOptions) => Promise<SyncResult>;
}

/**
 * Works for the workspace in the place of a running bridge, and lets go of it afterwards.
 * @throws whatever `work` throws, and BridgeError conflict when a bridge is running
 */
export async function withWorkspace<T>(
  parts: Omit<AppOptions, 'forgetful'>,
  work: (use: HeldWorkspace) => Promise<T>,
): Promise<T> {
  const { config, mode, clock } = parts;
  const store = openStore(config.databaseUrl);
  const stopping = new AbortController();
  try {
    if (!isFree(store)) throw bridgeRuns(mode.workspace);
    await store.migrate();
    assertSameWorkspace(await prepareConnection(store.access, clock, mode.workspace), mode);
    const { options } = openWorkspace({ ...parts, store, closing: stopping.signal });
    const { workspaceLease, target } = options;
    // Nobody else uses an SQLite file: what a bridge that died has claimed is free again.
    if (store.engine === 'sqlite') await store.provisioning.releaseAllWorkspaces();
    if (!(await workspaceLease.acquire())) {
      throw bridgeRuns(mode.workspace);
    }
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

/** Whether no other bridge has the SQLite file; it is ours then. */
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
    `A bridge works for the workspace "${workspace}" now: ask it (POST /admin/api/workspaces/${workspace}/sync), or stop it and wait half a minute.`,
  );
}
