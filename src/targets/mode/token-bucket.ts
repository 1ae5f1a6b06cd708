/** Keeps to a rate that Mode bears: slower after a 429, slowly faster again after successes. */
import type { Clock } from '../../clock.ts';
import { TargetError } from '../../provisioning/target.ts';

const SLOWEST_PER_SECOND = 0.2;
/** So much of the full rate comes back with each success. */
const RECOVERY = 0.02;
/** How much of a second's worth may go at once after a rest. */
const BURST_SECONDS = 0.25;
/** How long nothing is asked after a 429 that does not say; it doubles with each that follows. */
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** What Mode asks for beyond this is taken as this, and asked again then. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

export interface TokenBucket {
  /**
   * Resolves when the next request may go, in the order in which they asked, with the monotonic instant at which it goes.
   * @throws TargetError rate_limited when it was still waiting at the end
   */
  take(): Promise<number>;
  /**
   * Mode said that it is too much. Nothing goes until the pause is over. The rate is halved once for all requests that
   * were under way together.
   * @param takenAt as `take` said for the request that was refused
   * @param retryAfterMs as Mode said; undefined when it did not
   * @returns how long the pause is from now
   */
  slowDown(takenAt: number, retryAfterMs?: number): number;
  speedUp(): void;
  /** Requests a second, now. */
  readonly rate: number;
}

/**
 * @param perSecond the full rate
 * @param closing when aborted, nothing waits any more
 */
export function createTokenBucket(clock: Clock, perSecond: number, closing?: AbortSignal): TokenBucket {
  const burst = Math.max(1, perSecond * BURST_SECONDS);
  let rate = perSecond;
  /** When the next request is due, if all before it kept to the rate. */
  let due = -Infinity;
  let pausedUntil = -Infinity;
  let slowedAt = -Infinity;
  let refusals = 0;
  let line: Promise<number> = Promise.resolve(0);

  async function next(): Promise<number> {
    let now = clock.monotonic();
    // The pause may be made longer while it is waited for.
    for (let at = Math.max(due, pausedUntil); at > now; at = Math.max(due, pausedUntil)) {
      await clock.sleep(at - now, closing);
      if (closing?.aborted === true) throw new TargetError('rate_limited', 'The bridge is stopping.');
      now = Math.max(at, clock.monotonic());
    }
    const interval = 1_000 / rate;
    due = Math.max(due, now - (burst - 1) * interval) + interval;
    return now;
  }

  return {
    take: () => {
      line = line.then(next, next);
      return line;
    },
    slowDown: (takenAt, retryAfterMs) => {
      const now = clock.monotonic();
      if (takenAt > slowedAt) {
        rate = Math.max(SLOWEST_PER_SECOND, rate / 2);
        slowedAt = now;
        refusals += 1;
      }
      const pause = Math.min(PAUSE_MS * 2 ** (refusals - 1), MAX_PAUSE_MS);
      const until = now + Math.min(retryAfterMs ?? pause, MAX_RETRY_AFTER_MS);
      pausedUntil = Math.max(pausedUntil, until);
      due = Math.max(due, now);
      return pausedUntil - now;
    },
    speedUp: () => {
      refusals = 0;
      rate = Math.min(perSecond, rate + perSecond * RECOVERY);
    },
    get rate() {
      return rate;
    },
  };
}
