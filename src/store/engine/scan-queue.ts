/**
 * Queries that may look at every row run a few at a time, so that they leave the processor and the connections to other
 * queries. How long a query may run, and how long it may wait, is limited.
 */
import pLimit from 'p-limit';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';

/** How long one query may run. */
export const SCAN_LIMIT_MS = 5_000;
const MAX_RUNNING = 2;
const MAX_WAITING = 100;
/** The client of a query that has waited longer than this has probably given up. */
const MAX_WAIT_MS = 20_000;

type ScanQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** @returns a function that queues `work`. It throws BridgeError unavailable if too many wait, or after a long wait. */
export function createScanQueue({ monotonic }: Pick<Clock, 'monotonic'>): ScanQueue {
  const limit = pLimit(MAX_RUNNING);
  return async (work) => {
    if (limit.pendingCount >= MAX_WAITING) throw tooBusy();
    const since = monotonic();
    return limit(() => {
      if (monotonic() - since > MAX_WAIT_MS) throw tooBusy();
      return work();
    });
  };
}

function tooBusy(): BridgeError {
  return new BridgeError(
    'unavailable',
    'Too many searches without an index run at once. Try again later, or search by an attribute that has an index.',
  );
}

export function tooSlow(limitMs: number): BridgeError {
  return new BridgeError(
    'too_many',
    `The search took longer than ${limitMs / 1_000} seconds and was stopped. Search by userName, externalId, id or emails, which have an index.`,
  );
}
