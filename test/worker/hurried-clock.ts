/**
 * Real time, hurried: whatever the bridge waits for comes ten times as soon, and a test moves time by as much as it wants.
 * Time is hurried in small steps, one in each turn of the event loop at most, so that a machine that is busy slows it down
 * together with the work that is measured by it.
 */
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';

const STEP_MS = 5;
/** How far time moves in a step, besides the time that the step takes. */
const HURRY_MS = 45;

export interface HurriedClock extends Clock {
  advance(ms: number): void;
  /** The wall clock alone jumps, forward or back. */
  jump(ms: number): void;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Ends with the test. */
export function hurriedClock(): HurriedClock {
  let [ahead, wrong] = [0, 0];
  const sleepers = new Set<Sleeper>();
  const monotonic = () => systemClock.monotonic() + ahead;
  const steps = setInterval(() => {
    ahead += HURRY_MS;
    const now = monotonic();
    for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
  }, STEP_MS);
  onTestFinished(() => {
    clearInterval(steps);
  });

  return {
    now: () => Date.now() + ahead + wrong,
    monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { until: monotonic() + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    advance: (ms) => {
      ahead += ms;
    },
    jump: (ms) => {
      wrong += ms;
    },
  };
}
