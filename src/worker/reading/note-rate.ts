/** Stores the current rate of calls for operators. `status` uses it to estimate how long the remaining work takes. */
import type { WorkContext } from '../work-context.ts';

const EVERY_MS = 10_000;
/** A smaller change is not stored. */
const CHANGE = 0.1;

export interface RateNotes {
  ifDue(): Promise<void>;
}

export function createRateNotes({ workspace, store, target, clock }: WorkContext): RateNotes {
  let notedAt = -Infinity;
  let noted: { readonly callsPerSecond: number; readonly membersInOneCall: number } | undefined;

  return {
    ifDue: async () => {
      const now = clock.now();
      if (now - notedAt < EVERY_MS) return;
      notedAt = now;
      const { callsPerSecond, changeMembers } = target;
      const facts = { callsPerSecond, membersInOneCall: changeMembers?.atOnce ?? 1 };
      const same =
        noted?.membersInOneCall === facts.membersInOneCall &&
        Math.abs(noted.callsPerSecond - callsPerSecond) <= CHANGE * noted.callsPerSecond;
      if (same) return;
      noted = facts;
      await store.saveFacts(workspace, facts, now);
    },
  };
}
