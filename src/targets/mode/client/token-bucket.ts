/**
 * Keeps the calls of one credential to a rate that Mode bears, and decides which call goes next. The rate falls after a
 * 429 and comes back slowly; what Mode says of its own limit is kept to as well.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { CALL_PATIENCE_MS, type CallOrder } from './call-order.ts';
import type { RateQuota } from './rate-quota.ts';

const SLOWEST_PER_SECOND = 0.2;
/** This share of the full rate comes back with each success. */
const RECOVERY = 0.02;
/** How much of a second's worth may go at once after a rest. */
const BURST_SECONDS = 0.25;
/** How long nothing is asked after a 429 that does not say; it doubles with each that follows. */
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** A longer wait that Mode asks for is cut to this, and Mode is asked again then. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;
/** With more than this share of Mode's quota left, the quota does not hold calls back. */
const AMPLE = 1 / 2;
/** With less than this share left, calls get rarer and rarer, so that the quota never ends. */
const SCARCE = 1 / 4;
const LEAST_LEFT = 0.5;

export interface TokenBucket {
  /**
   * Resolves with the instant at which the call may go. A call that ends access goes before all others; other calls go
   * in the order in which their patience ends.
   * @throws TargetError rate_limited when the call was still waiting at the end
   */
  take(order?: CallOrder): Promise<number>;
  /**
   * Mode said that it is too much. Nothing goes until the pause is over. The rate is halved once for all requests that
   * were under way together.
   * @param takenAt as `take` returned it for the request that was refused
   * @param retryAfterMs as Mode said; undefined when it did not
   * @returns how long the pause is from now
   */
  slowDown(takenAt: number, retryAfterMs?: number): number;
  speedUp(): void;
  /** A call is over. @param quota what its answer said of the limit; undefined when it said nothing, or none came */
  answered(quota: RateQuota | undefined): void;
  /** How long a call that asks now would wait for its turn, about. Milliseconds. */
  waitMs(): number;
  /** Calls a second that this credential can keep up, now. */
  readonly rate: number;
}

interface Waiting {
  readonly order: CallOrder;
  /** Until then calls that asked later, and that are more pressing, may go first. */
  readonly patientUntil: number;
  go(now: number): void;
  fail(error: TargetError): void;
}

/**
 * @param perSecond the full rate
 * @param closing when aborted, nothing waits any more
 */
export function createTokenBucket(clock: Clock, perSecond: number, closing?: AbortSignal): TokenBucket {
  const burst = Math.max(1, perSecond * BURST_SECONDS);
  const waiting: Waiting[] = [];
  let rate = perSecond;
  /** When the next request is due, if all before it kept to the rate. */
  let due = -Infinity;
  let pausedUntil = -Infinity;
  let slowedAt = -Infinity;
  let refusals = 0;
  let underWay = 0;
  let pumping = false;
  let quota: (RateQuota & { readonly at: number }) | undefined;

  /** Calls that Mode's quota still allows: as last said, and what has come back since. */
  function left({ limit, remaining, windowMs, at }: NonNullable<typeof quota>, now: number): number {
    return Math.min(limit, remaining + (Math.max(0, now - at) * limit) / windowMs);
  }

  /** How far apart calls are because of Mode's quota; 0 while there is enough of it. */
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
    underWay += 1;
  }

  const nextAt = () => Math.max(due, pausedUntil);

  function mostPressing(): Waiting {
    const [first, ...rest] = waiting;
    if (first === undefined) throw new Error('No call waits.');
    const next = rest.reduce((best, call) => (goesBefore(call, best) ? call : best), first);
    waiting.splice(waiting.indexOf(next), 1);
    return next;
  }

  /** Lets the waiting calls go, one after the other, until none waits. */
  async function pump(): Promise<void> {
    pumping = true;
    while (waiting.length > 0) {
      let now = clock.monotonic();
      // The pause may be made longer while it is waited for.
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
      const call = mostPressing();
      spend(now);
      call.go(now);
    }
    pumping = false;
  }

  return {
    take: (order = 'normal') =>
      new Promise((go, fail) => {
        waiting.push({ order, patientUntil: clock.monotonic() + CALL_PATIENCE_MS[order], go, fail });
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
    answered: (told) => {
      underWay = Math.max(0, underWay - 1);
      // Mode has not counted the calls that are still under way.
      if (told === undefined) return;
      const now = clock.monotonic();
      quota = { ...told, remaining: Math.max(0, told.remaining - underWay), at: now };
      // With nothing left, a call that was due already would be refused.
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
  if ((call.order === 'urgent') !== (other.order === 'urgent')) return call.order === 'urgent';
  return call.patientUntil < other.patientUntil;
}
