/**
 * Time, passed in as a value so that tests decide what time it is and two bridges in one process share nothing.
 * Instants are milliseconds since the epoch.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    // A wait that is cut short is the normal way to stop: the caller looks at its signal.
    await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
    });
  },
};
