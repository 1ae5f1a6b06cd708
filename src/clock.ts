/**
 * Time, passed in as a value so that tests decide what time it is and two bridges in one process share nothing. Wall
 * time is for people and for what is stored; durations and waits use monotonic time, because the wall clock of a
 * machine may jump.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Wall time: milliseconds since the epoch. It may jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary beginning. It never goes back; only differences mean something. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  sleep: async (ms, signal) => {
    // A wait that is cut short is the normal way to stop: the caller looks at its signal.
    await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
    });
  },
};

export interface TimeLimit {
  /** Aborted once the time is over. */
  readonly signal: AbortSignal;
  /** Cancels the limit. The process stays alive until this is called or the time is over. */
  end(): void;
}

/** A time limit of `ms` that starts now. */
export function timeLimit(clock: Clock, ms: number): TimeLimit {
  const [over, ended] = [new AbortController(), new AbortController()];
  const due = clock.monotonic() + ms;
  const wait = async () => {
    // A sleep may end early, so it is repeated. A clock that does not move during a sleep ends the wait.
    for (let left = ms, before = Infinity; left > 0 && left < before;) {
      await clock.sleep(left, ended.signal);
      if (ended.signal.aborted) return;
      before = left;
      left = due - clock.monotonic();
    }
    if (!ended.signal.aborted) over.abort();
  };
  void wait();
  return {
    signal: over.signal,
    end: () => {
      ended.abort();
    },
  };
}
