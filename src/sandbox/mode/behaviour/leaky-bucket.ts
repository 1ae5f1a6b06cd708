/** A rate limit: a leaky bucket that holds a burst and leaks at a rate. */

export interface LeakyBucket {
  /**
   * Accepts or refuses one call. A refused call takes no room.
   * @param now milliseconds; when the clock goes back, nothing leaks
   * @param rate calls per second @param burst calls accepted at once, at least one
   * @returns undefined when the call is accepted, else the milliseconds until the next call can be
   */
  take(now: number, rate: number, burst: number): number | undefined;
  /** The number of calls that could still follow the last one at once. */
  room(burst: number): number;
}

export function createLeakyBucket(): LeakyBucket {
  let level = 0;
  let leakedAt = -Infinity;
  return {
    take: (now, rate, burst) => {
      const passed = Math.max(0, now - leakedAt);
      level = Math.max(0, level - (passed / 1_000) * rate);
      leakedAt = Math.max(leakedAt, now);
      const over = level + 1 - Math.max(1, burst);
      if (over > 0) return (over / rate) * 1_000;
      level += 1;
      return undefined;
    },
    room: (burst) => Math.max(0, Math.max(1, burst) - level),
  };
}
