/**
 * How long to wait before the next try, in milliseconds, with jitter, so that many bridges do not retry at the same
 * time.
 */

/** The maximum wait, whatever the target asks for. A stored due time further in the future comes from a wrong clock. */
export const LONGEST_DELAY_MS = 60 * 60_000;
const FIRST_MS = 500;
const MAX_ATTEMPT_MS = 5 * 60_000;
const FIRST_PARKED_MS = 60_000;
/** How soon the end of an obstacle is noticed that no read of the target shows. */
const MAX_PARKED_MS = 60 * 60_000;
const OUTAGE_MIN_MS = 250;
const OUTAGE_MAX_MS = 30_000;
const OUTAGE_SHARE = 0.1;

export const retryDelayMs = {
  /** For one subject: doubles with every try, from half a second to five minutes. */
  attempt(attempt: number, random: number): number {
    return jitter(Math.min(FIRST_MS * 2 ** (attempt - 1), MAX_ATTEMPT_MS), random);
  },
  /** For a job that waits for people: doubles with every try, from a minute to an hour. */
  parked(attempt: number, random: number): number {
    return jitter(Math.min(FIRST_PARKED_MS * 2 ** Math.min(attempt - 1, 10), MAX_PARKED_MS), random);
  },
  /**
   * During an outage: a tenth of its duration so far, so that work resumes soon after a short outage, and a long one
   * causes few calls.
   */
  outage(outageMs: number, random: number): number {
    return jitter(Math.min(Math.max(outageMs * OUTAGE_SHARE, OUTAGE_MIN_MS), OUTAGE_MAX_MS), random);
  },
} as const;

/** Between half of it and all of it. */
function jitter(ms: number, random: number): number {
  return Math.round(ms * (0.5 + random / 2));
}
