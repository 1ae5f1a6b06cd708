/** Deletes what the request log has kept for long enough, a little at a time, for as long as the bridge runs. */
import type { Clock } from '../clock.ts';
import type { RequestStore } from '../directory/requests/request-store.ts';
import type { Logger } from '../observability/logger.ts';

const EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Deleted at once, and the pause after it: other writes go on meanwhile. */
const CHUNK = 500;
const PAUSE_MS = 100;
const MAX_ROWS = 1_000_000;

interface Parts {
  readonly store: Pick<RequestStore, 'prune'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many days requests are kept. */
  readonly days: number;
}

/** @returns when the signal is aborted. Never rejects. */
export async function pruneRequests({ store, clock, log, days }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const deleted = await store.prune(clock.now() - days * DAY_MS, MAX_ROWS, CHUNK);
      await clock.sleep(deleted < CHUNK ? EVERY_MS : PAUSE_MS, signal);
    } catch (error) {
      log.warn({ err: error }, 'could not delete old requests from the request log');
      await clock.sleep(EVERY_MS, signal);
    }
  }
}
