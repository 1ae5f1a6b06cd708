/** Tracks outages of the target as a whole, and how long to wait before the next call. */
import type { Clock } from '../clock.ts';
import type { Outage } from '../provisioning/job/outage.ts';
import type { Reason } from '../provisioning/reason/reason.ts';
import { LONGEST_DELAY_MS } from '../provisioning/job/retry-delay.ts';

export interface OutageWatch {
  /** Null while the target works. */
  readonly current: Outage | null;
  /** How long it has failed; 0 while it works. */
  durationMs(): number;
  /** How long to wait before the next call; 0 when calls are allowed. */
  pauseMs(): number;
  /** @param until a wall instant; the pause until then is measured by monotonic time */
  fail(reason: Reason, until: number): void;
  /** Allows calls again at once. The outage continues until the target answers. */
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
