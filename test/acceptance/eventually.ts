/** Waits for what is to become true by itself, with a deadline. */
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 50;
/** Longer than a lease: what a killed bridge had claimed on PostgreSQL is free again only then. */
const DEADLINE_MS = 45_000;

/** Repeats `check` until it does not throw; at the deadline its last error is the result. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(LOOK_MS);
    }
  }
}
