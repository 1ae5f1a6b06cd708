/**
 * Limits the rate of calls of one credential, and decides which call goes next. The rate falls after a 429 and recovers
 * slowly. The bucket also respects the limit in Mode's response headers.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { CALL_YIELD_MS, type CallPriority } from './call-priority.ts';
import type { RateQuota } from './rate-quota.ts';

const SLOWEST_PER_SECOND = 0.2;
/** Share of the full rate that each success restores. */
const RECOVERY = 0.02;
/** After a pause without calls, the calls of this many seconds may go at once. */
const BURST_SECONDS = 0.25;
/** Pause after a 429 without Retry-After. It doubles with each consecutive 429. */
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Maximum for Retry-After. A longer one is cut to this. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;
/** With more than this share of Mode's quota left, the quota does not slow calls down. */
const AMPLE = 1 / 2;
/** With less than this share left, calls become less and less frequent, so that the quota is never used up. */
const SCARCE = 1 / 4;
const LEAST_LEFT = 0.5;

export interface TokenBucket {
  /**
   * Resolves with the time at which the call may go. Urgent calls go before all others. Other calls go by the time until
   * which they let others pass, earliest first.
   * @throws TargetError rate_limited when the bridge stops while the call waits
   */
  take(priority?: CallPriority): Promise<number>;
  /**
   * Reports a 429. No call goes until the pause is over. The rate is halved only once for requests that were in flight
   * together.
   * @param takenAt the result of `take` for the refused request
   * @param retryAfterMs from Retry-After; undefined without it
   * @returns remaining pause in milliseconds
   */
  slowDown(takenAt: number, retryAfterMs?: number): number;
  speedUp(): void;
  /** Reports the end of a call. @param quota from the response headers; undefined without them or without a response */
  answered(quota: RateQuota | undefined): void;
  /** Estimated time that a new call would wait, in milliseconds. */
  waitMs(): number;
  /** Calls per second that this credential can sustain now. */
  readonly rate: number;
}

interface Waiting {
  readonly priority: CallPriority;
  /** Until this time, later calls with a higher priority may go first. */
  readonly yieldsUntil: number;
  go(now: number): void;
  fail(error: TargetError): void;
}

/**
 * @param perSecond the full rate
 * @param closing when aborted, waiting calls fail
 */
export function createTokenBucket(clock: Clock, perSecond: number, closing?: AbortSignal): TokenBucket {
  const burst = Math.max(1, perSecond * BURST_SECONDS);
  const waiting: Waiting[] = [];
  let rate = perSecond;
  /** When the next request is due. */
  let due = -Infinity;
  let pausedUntil = -Infinity;
  let slowedAt = -Infinity;
  let refusals = 0;
  let inFlight = 0;
  let pumping = false;
  let quota: (RateQuota & { readonly at: number }) | undefined;

  /** Calls that Mode's quota still allows: as last reported, plus what has recovered since. */
  function left({ limit, remaining, windowMs, at }: NonNullable<typeof quota>, now: number): number {
    return Math.min(limit, remaining + (Math.max(0, now - at) * limit) / windowMs);
  }

  /** Time between calls because of Mode's quota; 0 while enough is left. */
  function quotaInterval(now: number): number {
    if (quota === undefined) return 0;
    const { limit, windowMs } = quota;
    const remaining = left(quota, now);
    if (remaining > limit * AMPLE) return 0;
    const scarcity = Math.max(1, (limit * SCARCE) / Math.max(remaining, LEAST_LEFT));
    return (windowMs / limit) * scarcity;
  }

  function spend(now: number): void {
    const interval = 1_000 / rate;
    const byQuota = quotaInterval(now);
    due =
      byQuota > interval
        ? Math.max(due, now) + byQuota
        : Math.max(due, now - (burst - 1) * interval) + interval;
    if (quota !== undefined) quota = { ...quota, remaining: left(quota, now) - 1, at: now };
    inFlight += 1;
  }

  const nextAt = () => Math.max(due, pausedUntil);

  function takeMostUrgent(): Waiting {
    const [first, ...rest] = waiting;
    if (first === undefined) throw new Error('No call waits.');
    const next = rest.reduce((best, call) => (goesBefore(call, best) ? call : best), first);
    waiting.splice(waiting.indexOf(next), 1);
    return next;
  }

  /** Releases the waiting calls one by one until none is left. */
  async function pump(): Promise<void> {
    pumping = true;
    while (waiting.length > 0) {
      let now = clock.monotonic();
      // The pause may be extended during the wait.
      for (let at = nextAt(); at > now; at = nextAt()) {
        await clock.sleep(at - now, closing);
        if (closing?.aborted === true) {
          for (const call of waiting.splice(0)) {
            call.fail(new TargetError('rate_limited', 'The bridge is stopping.'));
          }
          pumping = false;
          return;
        }
        now = Math.max(at, clock.monotonic());
      }
      const call = takeMostUrgent();
      spend(now);
      call.go(now);
    }
    pumping = false;
  }

  return {
    take: (priority = 'normal') =>
      new Promise((go, fail) => {
        waiting.push({ priority, yieldsUntil: clock.monotonic() + CALL_YIELD_MS[priority], go, fail });
        if (!pumping) void pump();
      }),
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
    answered: (reported) => {
      inFlight = Math.max(0, inFlight - 1);
      if (reported === undefined) return;
      const now = clock.monotonic();
      // Mode has not counted the calls that are still in flight.
      quota = { ...reported, remaining: Math.max(0, reported.remaining - inFlight), at: now };
      // With nothing left, even a call that is already due would be refused.
      if (quota.remaining < 1) due = Math.max(due, now + quotaInterval(now));
    },
    waitMs: () => {
      const now = clock.monotonic();
      const interval = Math.max(1_000 / rate, quotaInterval(now));
      return Math.max(0, nextAt() - now) + waiting.length * interval;
    },
    get rate() {
      return quota === undefined ? rate : Math.min(rate, (1_000 * quota.limit) / quota.windowMs);
    },
  };
}

function goesBefore(call: Waiting, other: Waiting): boolean {
  if ((call.priority === 'urgent') !== (other.priority === 'urgent')) return call.priority === 'urgent';
  return call.yieldsUntil < other.yieldsUntil;
}
