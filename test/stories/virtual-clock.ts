/**
 * Time that a test passes by hand. Days pass in milliseconds: nothing waits for real, and between two instants
 * everything that runs comes to rest first.
 */
import type { Clock } from '../../src/clock.ts';

/** However long a time passes, it stops at about this many instants: waits end a little late, as on any machine. */
const MAX_INSTANTS = 200;
/** No wait ends later than this: a workspace lease that is renewed so late still lasts for a write. Milliseconds. */
const MAX_LATE_MS = 4_500;

interface Sleeper {
  readonly at: number;
  readonly enqueue: () => void;
}

export interface VirtualClock extends Clock {
  /** Milliseconds since the story began; jumps of the wall clock do not show. */
  monotonic(): number;
  /**
   * Lets time pass, from one instant at which somebody waits to the next.
   * @param rest resolves when everything that can run has run
   */
  pass(ms: number, rest: () => Promise<void>): Promise<void>;
  /** The wall clock is set to another time; waits go on as they were. */
  jump(ms: number): void;
  /** The machine sleeps: all waits that would have ended are over at the next instant. */
  leap(ms: number): void;
}

/** @param start milliseconds since the epoch */
export function createVirtualClock(start: number): VirtualClock {
  let elapsed = 0;
  let ahead = 0;
  const sleepers = new Set<Sleeper>();

  /** When the next wait may end: all that end close to each other end together. */
  function nextInstant(until: number, late: number): number {
    let first = Infinity;
    for (const { at } of sleepers) first = Math.min(first, at);
    return Math.min(until, Math.max(elapsed, Math.ceil(first / late) * late));
  }

  function wakeDue(): void {
    const due = [...sleepers].filter(({ at }) => at <= elapsed).sort((a, b) => a.at - b.at);
    for (const sleeper of due) {
      sleepers.delete(sleeper);
      sleeper.enqueue();
    }
  }

  return {
    now: () => start + elapsed + ahead,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const sleeper: Sleeper = {
          at: elapsed + Math.max(ms, 0),
          enqueue: () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        const stop = () => {
          sleepers.delete(sleeper);
          sleeper.enqueue();
        };
        signal?.addEventListener('abort', stop);
        sleepers.add(sleeper);
      }),
    pass: async (ms, rest) => {
      const until = elapsed + ms;
      const late = Math.min(Math.max(1, ms / MAX_INSTANTS), MAX_LATE_MS);
      await rest();
      while (elapsed < until) {
        elapsed = nextInstant(until, late);
        wakeDue();
        await rest();
      }
    },
    jump: (ms) => {
      ahead += ms;
    },
    leap: (ms) => {
      elapsed += ms;
    },
  };
}
