/** Decides what happens to a job after a failure. Pure. */
import { LONGEST_DELAY_MS, retryDelayMs } from './retry-delay.ts';
import type { Delivery } from './delivery.ts';
import type { Verdict } from './job.ts';
import type { TargetError } from '../ports/target.ts';

/** How often a refusal is tried again, each time after a read of the target. After that, it waits for a person. */
export const MAX_REFUSALS = 3;
/** When an invite without a free seat is tried again, at the latest. */
const NO_SEAT_MS = 5 * 60_000;

export interface Failure {
  readonly verdict: Verdict;
  readonly delivery: Delivery;
  /** True when the failure is about the target or the key, not about this subject. Every job waits then. */
  readonly everywhere: boolean;
}

/**
 * @param attempt tries of this job, 1 for the first
 * @param outageMs how long the target has been failing without a success between
 * @param random from 0 to 1
 */
export function classify(
  error: TargetError,
  { attempt, outageMs, now, random }: { attempt: number; outageMs: number; now: number; random: number },
): Failure {
  const reasons = [error.reason];
  const parked = (): Failure => ({
    verdict: { kind: 'park', reasons, at: now + retryDelayMs.parked(attempt, random) },
    delivery: { state: 'blocked', reasons },
    everywhere: false,
  });
  switch (error.kind) {
    case 'rate_limited':
    case 'unavailable':
    case 'unauthorized': {
      const asked = error.retryAfterMs ?? retryDelayMs.outage(outageMs, random);
      const at = now + Math.min(asked, LONGEST_DELAY_MS);
      return {
        // A call that was too early was not applied, so its result need not be read.
        verdict: { kind: 'retry', at, reasons, ...(error.kind === 'rate_limited' ? { undone: true } : {}) },
        delivery: { state: 'pending', reasons },
        everywhere: true,
      };
    }
    case 'no_seat':
      return {
        verdict: { kind: 'retry', at: now + NO_SEAT_MS, reasons, undone: true },
        delivery: { state: 'pending', reasons },
        everywhere: false,
      };
    case 'forbidden':
      return parked();
    case 'not_found':
    case 'refused': {
      if (attempt >= MAX_REFUSALS) {
        return parked();
      }
      const at = now + retryDelayMs.attempt(attempt, random);
      return {
        verdict: { kind: 'retry', at, reasons },
        delivery: { state: 'pending', reasons },
        everywhere: false,
      };
    }
  }
}
