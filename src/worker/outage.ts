/** Whether Mode as a whole fails, since when, and until when it is left alone. */
import type { Clock } from '../clock.ts';

export interface Outage {
  /** Since when Mode has failed without a success between; null when it works. Milliseconds since the epoch. */
  readonly since: number | null;
  readonly reason: string | null;
  /** How long it has been failing; 0 when it works. */
  durationMs(): number;
  /** How long it is still to be left alone; 0 when it may be asked. */
  pauseMs(): number;
  fail(reason: string, until: number): void;
  /** Mode has answered as it should. */
  end(): void;
}

export function createOutage(clock: Clock): Outage {
  let current: { since: number; reason: string; until: number } | null = null;
  return {
    get since() {
      return current?.since ?? null;
    },
    get reason() {
      return current?.reason ?? null;
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
