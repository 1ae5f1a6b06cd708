/** Deletes expired rows, a few at a time, while the bridge runs. */
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';

const EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** How many rows are deleted at once, and the pause afterwards, in which other writes continue. */
const CHUNK = 500;
const PAUSE_MS = 100;

interface Parts {
  /** Deletes what is older than `before`, at most `limit` at once. @returns how many; fewer than `limit`: none is left */
  readonly prune: (before: number, limit: number) => Promise<number>;
  /** How many days it is kept. */
  readonly days: number;
  /** The log message of a failure. */
  readonly problem: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @returns when the signal is aborted. Never rejects. */
export async function keepPruning(
  { prune, days, problem, clock, log }: Parts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const deleted = await prune(clock.now() - days * DAY_MS, CHUNK);
      await clock.sleep(deleted < CHUNK ? EVERY_MS : PAUSE_MS, signal);
    } catch (error) {
      log.warn({ err: error }, problem);
      await clock.sleep(EVERY_MS, signal);
    }
  }
}
