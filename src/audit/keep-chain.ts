/**
 * Keeps the audit log of a workspace up to date while the bridge runs. It takes a small share of the time: under load
 * the audit log falls behind and catches up later, and an upgrade of a large database delays nobody.
 */
import type { Clock } from '../clock.ts';
import type { Chain } from './extend-chain.ts';

const BATCH = 500;
const IDLE_MS = 1_000;
/** The pause after a batch is this many times as long as the batch took. */
const PAUSES = 30;
const FAILED_MS = 10_000;

interface Parts {
  readonly chain: Chain;
  /** Whether this bridge works for the workspace. */
  readonly isHolder: () => boolean;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}

/** @returns when the signal is aborted. Never rejects. */
export async function keepChain({ chain, isHolder, clock, log }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let pauseMs = IDLE_MS;
    const began = clock.monotonic();
    try {
      const added = isHolder() ? await chain.extend(clock.now(), BATCH) : 0;
      if (added === BATCH) pauseMs = Math.max(1, clock.monotonic() - began) * PAUSES;
    } catch (error) {
      log.warn({ err: error }, 'the audit log could not be extended: trying again');
      pauseMs = FAILED_MS;
    }
    await clock.sleep(pauseMs, signal);
  }
}
