/** Whether Mode as a whole fails, since when, and until when it is left alone. */
import type { Clock } from '../clock.ts';
import type { Outage } from '../provisioning/outage.ts';

export interface OutageWatch {
  /** Null while Mode works. */
  readonly current: Outage | null;
  /** How long it has been failing; 0 when it works. */
  durationMs(): number;
  /** How long it is still to be left alone; 0 when it may be asked. */
  pauseMs(): number;
  fail(reason: string, until: number): void;
  end(): void;
}

export function watchOutage(clock: Clock): OutageWatch {
  let current: (Outage & { until: number }) | null = null;
  return {
    get current() {
      return current;
    },
    durationMs: () => (current === null ? 0 : clock.now() - current.since),
    pauseMs: () => (current === null ? 0 : Math.max(0, current.until - clock.now())),
    fail: (reason, until) => {
      current = { since: current?.since ?? clock.now(), reason, until };
    },
    end: () => {
      current = null;
    },
  };
}
