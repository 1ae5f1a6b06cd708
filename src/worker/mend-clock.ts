/** After a wall clock was wrong: what it scheduled is due now, and what it read is read again. */
import { LONGEST_DELAY_MS } from '../provisioning/job/retry-delay.ts';
import { watchClock } from './clock-watch.ts';
import type { WorkContext } from './work-context.ts';

export interface ClockMender {
  /** The workspace has a new holder: the clock of the one before may have been ahead. */
  newHolder(): void;
  /** @param holds whether this bridge has the workspace; nothing is written without it */
  mend(holds: boolean): Promise<void>;
}

/** @param jumped called when the wall clock of this bridge has jumped */
export function createClockMender(
  { workspace, store, clock, log }: Pick<WorkContext, 'workspace' | 'store' | 'clock' | 'log'>,
  label: string,
  jumped: () => void,
): ClockMender {
  const watch = watchClock(clock);
  /** The latest due time that can be right; undefined: no stored instant is in doubt. */
  let latestDue: ((now: number) => number) | undefined;
  return {
    newHolder: () => {
      latestDue ??= (now) => now + LONGEST_DELAY_MS;
    },
    mend: async (holds) => {
      const jumpMs = watch.jumpMs();
      if (jumpMs !== 0) {
        log.warn(
          { jumpMs },
          `the system clock jumped: all that was scheduled is due now, and ${label} is read again`,
        );
        latestDue = (now) => now;
        jumped();
      }
      if (latestDue === undefined || !holds) return;
      const now = clock.now();
      await store.forgetFuture(workspace, now, latestDue(now));
      latestDue = undefined;
    },
  };
}
