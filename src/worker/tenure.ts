/**
 * Holding a workspace: of all bridges on one database, one works for it at a time. It holds a lease that it renews far
 * more often than needed, and begins no write on Mode that could still be under way when the lease ends.
 */
import type { Clock } from '../clock.ts';
import type { ProvisioningStore } from '../provisioning/provisioning-store.ts';
import type { WorkLog } from './work-context.ts';

const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

export interface Tenure {
  /** Undefined while another bridge holds the workspace. */
  readonly fence: number | undefined;
  /** Whether the workspace is held for at least that much longer. */
  holdsFor(ms: number): boolean;
  /** Tries once to hold or to keep it. @returns whether it is held now */
  hold(): Promise<boolean>;
  /** Holds on until the signal is aborted. @param changed called when it was won or lost */
  keep(signal: AbortSignal, changed: () => void): Promise<void>;
  /** Lets another bridge in at once. */
  leave(): Promise<void>;
}

export interface TenureOptions {
  readonly workspace: string;
  /** A name that no other bridge has. */
  readonly holder: string;
  readonly store: Pick<ProvisioningStore, 'holdWorkspace' | 'leaveWorkspace'>;
  readonly clock: Clock;
  readonly log: WorkLog;
}

export function createTenure({ workspace, holder, store, clock, log }: TenureOptions): Tenure {
  let fence: number | undefined;
  let until = 0;

  const holdsFor = (ms: number) => fence !== undefined && clock.now() + ms <= until;

  async function hold(): Promise<boolean> {
    const now = clock.now();
    const before = fence;
    try {
      fence = await store.holdWorkspace({ workspace, holder, now, leaseMs: LEASE_MS });
      if (fence !== undefined) until = now + LEASE_MS;
    } catch (error) {
      // The lease that is held still counts until it ends.
      log.error({ err: error }, 'the lease of the workspace could not be renewed');
      if (!holdsFor(0)) fence = undefined;
    }
    if (fence === undefined && before !== undefined)
      log.warn({ workspace }, 'another bridge has the workspace');
    if (fence !== undefined && before === undefined)
      log.info({ workspace, fence }, 'this bridge has the workspace');
    return fence !== undefined;
  }

  return {
    get fence() {
      return holdsFor(0) ? fence : undefined;
    },
    holdsFor,
    hold,
    keep: async (signal, changed) => {
      while (!signal.aborted) {
        const before = fence;
        await hold();
        if (fence !== before) changed();
        await clock.sleep(RENEW_MS, signal);
      }
    },
    leave: async () => {
      if (fence === undefined) return;
      fence = undefined;
      await store.leaveWorkspace(workspace, holder);
    },
  };
}
