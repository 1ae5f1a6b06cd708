/** Keeps to a rate that Mode bears: slower after a 429, slowly faster again after successes. */
import type { Clock } from '../../clock.ts';

const SLOWEST_PER_SECOND = 0.2;
/** So much of the full rate comes back with each success. */
const RECOVERY = 0.02;

export interface TokenBucket {
  /** Resolves when the next request may go. Requests go in the order in which they asked. */
  take(): Promise<void>;
  /** Mode said that it is too much. */
  slowDown(): void;
  speedUp(): void;
}

/** @param perSecond the full rate, and how many may go at once after a rest */
export function createTokenBucket(clock: Clock, perSecond: number): TokenBucket {
  let rate = perSecond;
  let level = perSecond;
  let filledAt = clock.now();
  let line: Promise<void> = Promise.resolve();

  async function next(): Promise<void> {
    const now = clock.now();
    level = Math.min(Math.max(1, rate), level + ((now - filledAt) / 1_000) * rate);
    filledAt = now;
    if (level >= 1) {
      level -= 1;
      return;
    }
    await clock.sleep(((1 - level) / rate) * 1_000);
    filledAt = clock.now();
    level = 0;
  }

  return {
    take: () => {
      line = line.then(next);
      return line;
    },
    slowDown: () => {
      rate = Math.max(SLOWEST_PER_SECOND, rate / 2);
      level = Math.min(level, 0);
    },
    speedUp: () => {
      rate = Math.min(perSecond, rate + perSecond * RECOVERY);
    },
  };
}
