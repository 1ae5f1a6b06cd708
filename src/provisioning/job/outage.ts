import type { Reason } from '../reason/reason.ts';

/** The target as a whole does not answer as it should: everything waits together. */
export interface Outage {
  /** Since when, without a success between. Milliseconds since the epoch. */
  readonly since: number;
  readonly reason: Reason;
}
