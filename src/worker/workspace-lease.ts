/**
 * Holding a workspace: of all bridges on one database, one works for it at a time. It holds a lease that it renews far
 * more often than needed, and begins no write on Mode that could still be under way when the lease ends.
 *
 * No wall clock decides who works. The lease in this process is measured by monotonic time, and so are the instants that
 * are stored: by a wall clock that was read once, at the beginning. A lease that stands unchanged for as long as it
 * lasts was left by a bridge that died, whatever instant is written in it.
 */
import type { Clock } from '../clock.ts';
import type { ProvisioningStore } from '../provisioning/ports/provisioning-store.ts';
import type { WorkLog } from './work-context.ts';

const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

export interface WorkspaceLease {
  /** Undefined while another bridge holds the workspace. */
  readonly fence: number | undefined;
  /** Whether the workspace is held for at least that much longer. */
  isHeldFor(ms: number): boolean;
  /** Tries once to hold or to keep it. @returns whether it is held now */
  hold(): Promise<boolean>;
  /** Holds on until the signal is aborted. @param changed called when it was won or lost */
  keep(signal: AbortSignal, changed: () => void): Promise<void>;
  /** Lets another bridge in at once. */
  leave(): Promise<void>;
  /**
   * Holds it anew, with a higher fence: every job that was claimed before is free again, and Mode is looked at before it
   * is run. @throws whatever the store throws; nothing has changed then
   */
  renew(): Promise<void>;
}

export interface TenureOptions {
  readonly workspace: string;
  /** A name that no other bridge has. */
  readonly holder: string;
  readonly store: Pick<ProvisioningStore, 'acquireWorkspace' | 'releaseWorkspace' | 'workspaceLease'>;
  readonly clock: Clock;
  readonly log: WorkLog;
}

export function createWorkspaceLease({
  workspace,
  holder: name,
  store,
  clock,
  log,
}: TenureOptions): WorkspaceLease {
  const begin = clock.now() - clock.monotonic();
  let holder = name;
  let term = 0;
  let fence: number | undefined;
  /** By monotonic time. */
  let until = 0;
  let line: Promise<unknown> = Promise.resolve();
  let leaseOfOther: { readonly until: number; readonly seenAt: number } | undefined;

  const isHeldFor = (ms: number) => fence !== undefined && clock.monotonic() + ms <= until;

  /** @returns the fence; undefined while somebody else works for the workspace */
  async function take(at: number): Promise<number | undefined> {
    const stale = leaseOfOther !== undefined && at - leaseOfOther.seenAt >= LEASE_MS;
    const dead = stale ? { deadUntil: leaseOfOther?.until } : {};
    const taken = await store.acquireWorkspace({
      workspace,
      holder,
      now: begin + at,
      leaseMs: LEASE_MS,
      ...dead,
    });
    const lease = taken === undefined ? await store.workspaceLease(workspace) : undefined;
    if (lease?.until !== leaseOfOther?.until) {
      leaseOfOther = lease === undefined ? undefined : { until: lease.until, seenAt: at };
    }
    return taken;
  }

  /** One after the other: a hold under way would undo what another call does to the lease. */
  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const mine = line.then(work, work);
    line = mine.catch(() => undefined);
    return mine;
  }

  async function hold(): Promise<boolean> {
    const at = clock.monotonic();
    const before = fence;
    try {
      fence = await take(at);
      if (fence !== undefined) until = at + LEASE_MS;
    } catch (error) {
      // The lease that is held still counts until it ends.
      log.error({ err: error }, 'the lease of the workspace could not be renewed');
      if (!isHeldFor(0)) fence = undefined;
    }
    if (fence === undefined && before !== undefined)
      log.warn({ workspace }, 'another bridge has the workspace');
    if (fence !== undefined && before === undefined)
      log.info({ workspace, fence }, 'this bridge has the workspace');
    return fence !== undefined;
  }

  return {
    get fence() {
      return isHeldFor(0) ? fence : undefined;
    },
    isHeldFor,
    hold: () => inLine(hold),
    keep: async (signal, changed) => {
      while (!signal.aborted) {
        const before = fence;
        await inLine(hold);
        if (fence !== before) changed();
        await clock.sleep(RENEW_MS, signal);
      }
    },
    leave: () =>
      inLine(async () => {
        if (fence === undefined) return;
        fence = undefined;
        await store.releaseWorkspace(workspace, holder);
      }),
    renew: () =>
      inLine(async () => {
        if (fence === undefined) return;
        await store.releaseWorkspace(workspace, holder);
        fence = undefined;
        term += 1;
        holder = `${name}/${term}`;
        await hold();
      }),
  };
}
