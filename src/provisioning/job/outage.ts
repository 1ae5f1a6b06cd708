import type { Reason } from '../reason/reason.ts';

/** The target as a whole fails, so all work waits. */
export interface Outage {
  /** The first failure since the last success. Milliseconds since the epoch. */
  readonly since: number;
  readonly reason: Reason;
}
