/** Whether the target as a whole fails, since when, and for how long it is left alone. */
import type { Clock } from '../clock.ts';
import type { Outage } from '../provisioning/job/outage.ts';
import type { Reason } from '../provisioning/reason/reason.ts';
import { LONGEST_DELAY_MS } from '../provisioning/job/retry-delay.ts';

export interface OutageWatch {
  /** Null while the target works. */
  readonly current: Outage | null;
  /** How long it has been failing; 0 when it works. */
  durationMs(): number;
  /** How long it is still to be left alone; 0 when it may be asked. */
  pauseMs(): number;
  /** @param until a wall instant; the pause that it means now is kept whatever the wall clock does later */
  fail(reason: Reason, until: number): void;
  /** The target may be asked again at once; it counts as failing until it has answered. */
  endPause(): void;
  end(): void;
}

export function watchOutage(clock: Clock): OutageWatch {
  let current: Outage | null = null;
  let failingSince = 0;
  let pausedUntil = 0;
  const durationMs = () => (current === null ? 0 : clock.monotonic() - failingSince);
  return {
    get current() {
      return current;
    },
    durationMs,
    pauseMs: () => (current === null ? 0 : Math.max(0, pausedUntil - clock.monotonic())),
    fail: (reason, until) => {
      if (current === null) failingSince = clock.monotonic();
      current = { since: current?.since ?? clock.now(), reason };
      pausedUntil = clock.monotonic() + Math.min(Math.max(0, until - clock.now()), LONGEST_DELAY_MS);
    },
    endPause: () => {
      pausedUntil = 0;
    },
    end: () => {
      current = null;
    },
  };
}
