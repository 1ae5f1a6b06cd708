/** Corrects stored instants after a wall clock was wrong: scheduled work is due now, and lists are read again. */
import { LONGEST_DELAY_MS } from '../provisioning/job/retry-delay.ts';
import { watchClock } from './clock-watch.ts';
import type { WorkContext } from './work-context.ts';

export interface ClockMender {
  /** Call it when the workspace has a new holder, because the clock of the previous one may have been ahead. */
  newHolder(): void;
  /** @param holds whether this bridge has the workspace; otherwise nothing is written */
  mend(holds: boolean): Promise<void>;
}

/** @param jumped called when the wall clock of this bridge has jumped */
export function createClockMender(
  { workspace, store, clock, log }: Pick<WorkContext, 'workspace' | 'store' | 'clock' | 'log'>,
  label: string,
  jumped: () => void,
): ClockMender {
  const watch = watchClock(clock);
  /** The latest plausible due time; undefined when no stored instant is in doubt. */
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
          `the system clock jumped: scheduled work is due now, and ${label} is read again`,
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
