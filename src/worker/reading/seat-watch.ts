/** Notices when the target has no free seat, and when it has one again. Waiting invites are then sent. */
import { TargetError } from '../../provisioning/ports/target.ts';
import type { WorkContext } from '../work-context.ts';

/** How often the target is checked while it is full. */
const CHECK_MS = 5 * 60_000;

export interface SeatWatch {
  /** Asks the target. @throws TargetError when it fails as a whole */
  read(): Promise<void>;
  /** Checks the target at this interval while it is full. @throws TargetError when it fails as a whole */
  ifDue(): Promise<void>;
}

export function watchSeats({ workspace, store, target, clock, log }: WorkContext): SeatWatch {
  const { seats } = target;
  let known: boolean | undefined;
  let checkedAt = -Infinity;

  async function note(): Promise<void> {
    if (seats === undefined || seats.full === known) return;
    const before = known;
    known = seats.full;
    await store.saveFacts(workspace, { seatLimitReached: known }, clock.now());
    if (known) log.warn({}, `${target.label} has no free seat: invites wait`);
    if (before !== true || known) return;
    log.info({}, `${target.label} has free seats again: invites go out`);
    const waiting = await store.unsettledSubjects(workspace);
    const enqueue = waiting.map((subject) => ({ subject, verifying: false }));
    await store.record({ workspace, at: clock.now(), enqueue });
  }

  async function read(): Promise<void> {
    if (seats === undefined) return;
    checkedAt = clock.now();
    await seats.read().catch((error: unknown) => {
      // A key that cannot read the record cannot see a limit.
      if (!(error instanceof TargetError) || !['forbidden', 'not_found', 'refused'].includes(error.kind)) {
        throw error;
      }
    });
    await note();
  }

  return {
    read,
    ifDue: async () => {
      // An invite may have revealed it a moment ago.
      await note();
      if (seats?.full === true && clock.now() - checkedAt >= CHECK_MS) await read();
    },
  };
}
