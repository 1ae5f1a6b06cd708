/** Tracks the current outage of the target, and stores it for `status`. */
import type { Clock } from '../clock.ts';
import type { RecordStore } from '../provisioning/ports/provisioning-store.ts';
import { sentences, type Reason } from '../provisioning/reason/reason.ts';
import { watchOutage, type OutageWatch } from './outage.ts';
import type { WorkLog } from './work-context.ts';

/** A continuing outage is logged again after this time. */
const LOG_MS = 60_000;

export interface RecordedOutage extends Pick<OutageWatch, 'durationMs' | 'pauseMs' | 'endPause'> {
  /** Call it when the target has answered normally. */
  over(): Promise<void>;
  /** @param until when the target may be asked again: a wall instant */
  fail(reason: Reason, until: number): Promise<void>;
  /** The stored outage may be from before a restart, or from another bridge. */
  mayBeRecorded(): void;
}

interface Parts {
  /** The name of the target. */
  readonly label: string;
  readonly workspace: string;
  readonly store: Pick<RecordStore, 'saveOutage'>;
  readonly clock: Clock;
  readonly log: WorkLog;
}

export function recordOutage({ label, workspace, store, clock, log }: Parts): RecordedOutage {
  const outage = watchOutage(clock);
  let isRecorded = true;
  let loggedAt = -Infinity;
  return {
    durationMs: outage.durationMs,
    pauseMs: outage.pauseMs,
    endPause: outage.endPause,
    over: async () => {
      if (outage.current === null && !isRecorded) return;
      outage.end();
      loggedAt = -Infinity;
      await store.saveOutage(workspace, null);
      isRecorded = false;
    },
    fail: async (reason, until) => {
      outage.fail(reason, until);
      isRecorded = true;
      const fields = { reason: sentences([reason]), failingMs: outage.durationMs() };
      // At the beginning, there are several retries per second.
      if (clock.monotonic() - loggedAt >= LOG_MS) {
        log.warn(fields, `${label} fails: all jobs wait`);
        loggedAt = clock.monotonic();
      }
      await store.saveOutage(workspace, outage.current);
    },
    mayBeRecorded: () => {
      isRecorded = true;
    },
  };
}
