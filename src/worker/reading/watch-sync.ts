/** Tracks the progress of the current full read, and the result of the last one. */
import type { Clock } from '../../clock.ts';
import type { SyncResult, SyncState } from '../../provisioning/model/sync-state.ts';
import type { SyncOptions } from './sync.ts';

export interface SyncWatch {
  readonly state: SyncState;
  /** Makes the next one read every group. */
  ask(everything: boolean): void;
  /** @throws whatever `read` throws */
  run(read: (options: SyncOptions) => Promise<SyncResult>): Promise<void>;
}

export function watchSync(clock: Clock): SyncWatch {
  let state: SyncState = { running: null, last: null };
  let everything = false;
  return {
    get state() {
      return state;
    },
    ask: (all) => {
      everything ||= all;
    },
    run: async (read) => {
      const startedAt = clock.now();
      const { last } = state;
      const progress: SyncOptions['progress'] = (now) => {
        state = { running: { startedAt, progress: now }, last };
      };
      progress({ phase: 'members', done: 0, of: 1 });
      try {
        const result = await read({ everything, progress });
        everything = false;
        state = { running: null, last: { startedAt, endedAt: clock.now(), result } };
      } catch (error) {
        const failure = error instanceof Error ? error.message : 'unknown';
        state = { running: null, last: { startedAt, endedAt: clock.now(), failure } };
        throw error;
      }
    },
  };
}
