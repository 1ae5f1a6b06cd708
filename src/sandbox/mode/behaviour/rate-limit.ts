/** The rate limit of each key: a leaky bucket and a fixed window. A call must pass both. */
import { createLeakyBucket, type LeakyBucket } from './leaky-bucket.ts';
import type { Settings } from './settings.ts';
import type { CredentialName } from './traffic.ts';

export interface Taken {
  /** Calls per window, or the size of the bucket when there is no window. */
  readonly limit: number;
  /** Calls left after this one. */
  readonly remaining: number;
  /** undefined when the call is accepted, else the milliseconds until the next call can be. */
  readonly waitMs: number | undefined;
  /** Number of calls refused before this one, of all keys. */
  readonly refusedBefore: number;
}

export type Limits = Pick<Settings, 'rate_per_second' | 'burst' | 'rate_window'>;

export interface RateLimit {
  /**
   * Accepts or refuses one call of a key. A refused call does not count.
   * @param now milliseconds
   * @returns undefined when there is no limit
   */
  take(credential: CredentialName, now: number, limits: Limits): Taken | undefined;
}

interface Window {
  /** Time of the first call of the window, in milliseconds. */
  readonly from: number;
  calls: number;
}

export function createRateLimit(): RateLimit {
  const buckets = new Map<CredentialName, LeakyBucket>();
  const windows = new Map<CredentialName, Window>();
  let refused = 0;

  function bucketOf(credential: CredentialName): LeakyBucket {
    const bucket = buckets.get(credential) ?? createLeakyBucket();
    buckets.set(credential, bucket);
    return bucket;
  }

  /** After a window ends, the next call starts a new one. A clock that goes back also starts a new one. */
  function windowOf(credential: CredentialName, now: number, seconds: number): Window {
    const open = windows.get(credential);
    if (open !== undefined && now >= open.from && now < open.from + seconds * 1_000) return open;
    const begun = { from: now, calls: 0 };
    windows.set(credential, begun);
    return begun;
  }

  function refuse(limit: number, waitMs: number): Taken {
    refused += 1;
    return { limit, remaining: 0, waitMs, refusedBefore: refused - 1 };
  }

  return {
    take: (credential, now, { rate_per_second: rate, burst, rate_window: window }) => {
      if (rate === null && window === null) return undefined;
      const open = window === null ? undefined : windowOf(credential, now, window.seconds);
      const holds = Math.max(1, Math.floor(burst ?? rate ?? 1));
      const limit = window?.calls ?? holds;
      if (window !== null && open !== undefined && open.calls >= window.calls) {
        return refuse(limit, open.from + window.seconds * 1_000 - now);
      }
      const bucket = bucketOf(credential);
      const waitMs = rate === null ? undefined : bucket.take(now, rate, burst ?? rate);
      if (waitMs !== undefined) return refuse(limit, waitMs);
      if (open !== undefined) open.calls += 1;
      const room = open === undefined ? bucket.room(burst ?? rate ?? 1) : limit - open.calls;
      return { limit, remaining: Math.max(0, Math.floor(room)), waitMs: undefined, refusedBefore: refused };
    },
  };
}
