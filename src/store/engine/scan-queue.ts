/**
 * Queries that may look at every row run few at a time, so that they leave the processor and the connections to the
 * others. How long one may run, and how long it may wait, is bounded.
 */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';

/** How long one query may run. */
export const SCAN_LIMIT_MS = 5_000;
const MAX_RUNNING = 2;
const MAX_WAITING = 100;
/** A client gives up some time: what has waited for longer than this is not worth running. */
const MAX_WAIT_MS = 20_000;

type ScanQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** @returns a function that runs `work` when it is its turn. It throws BridgeError unavailable when too many wait. */
export function createScanQueue({ monotonic }: Pick<Clock, 'monotonic'>): ScanQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < MAX_RUNNING) running += 1;
    else {
      if (waiting.length >= MAX_WAITING) throw tooBusy();
      const since = monotonic();
      // A search that ends gives its place to the next.
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (monotonic() - since > MAX_WAIT_MS) {
        handOn();
        throw tooBusy();
      }
    }
    try {
      return await work();
    } finally {
      handOn();
    }
  };

  function handOn(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
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
