/** How many calls Mode lets through: a bucket that holds a burst and leaks at a rate. */

export interface LeakyBucket {
  /**
   * Lets one call through, or not; one that is not let through costs nothing.
   * @param now milliseconds; a clock that goes back stands still
   * @param rate calls a second @param burst calls that may come at once, at least one
   * @returns undefined when the call may pass, else how many milliseconds until one may
   */
  take(now: number, rate: number, burst: number): number | undefined;
  /** How many calls more could come right after the last one. */
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
