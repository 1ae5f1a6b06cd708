/**
 * The lease of a workspace: of all bridges on one database, one works for the workspace at a time. It renews its lease
 * far more often than needed, and starts no write on the target that could outlast the lease.
 *
 * No wall clock decides who works. The lease in this process is measured by monotonic time. So are the stored instants,
 * which start from one read of the wall clock. A lease that has not changed for the length of a lease belongs to a bridge
 * that died, whatever its stored end is.
 */
import type { Clock } from '../clock.ts';
import type { LeaseStore } from '../provisioning/ports/lease-store.ts';
import type { WorkLog } from './work-context.ts';

const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

export interface WorkspaceLease {
  /** undefined while another bridge has the lease. */
  readonly fence: number | undefined;
  /** Whether the lease lasts at least `ms` longer. */
  isHeldFor(ms: number): boolean;
  /** Tries once to acquire or renew the lease. @returns whether this bridge has it now */
  acquire(): Promise<boolean>;
  /** Renews the lease until the signal is aborted. @param changed called when the lease was won or lost */
  keep(signal: AbortSignal, changed: () => void): Promise<void>;
  /** Ends the lease, so that another bridge can have it at once. */
  release(): Promise<void>;
  /**
   * Acquires a new lease with a higher fence. Every claimed job is free again, and the target is read before it runs.
   * @throws errors of the store; nothing has changed then
   */
  renew(): Promise<void>;
}

export interface WorkspaceLeaseOptions {
  readonly workspace: string;
  /** The unique name of this bridge. */
  readonly holder: string;
  readonly store: Pick<LeaseStore, 'acquireWorkspace' | 'releaseWorkspace' | 'workspaceLease'>;
  readonly clock: Clock;
  readonly log: WorkLog;
}

export function createWorkspaceLease({
  workspace,
  holder: name,
  store,
  clock,
  log,
}: WorkspaceLeaseOptions): WorkspaceLease {
  const begin = clock.now() - clock.monotonic();
  let holder = name;
  let term = 0;
  let fence: number | undefined;
  /** By monotonic time. */
  let until = 0;
  /** When the lease was last acquired or renewed; undefined while another bridge has it. Monotonic time. */
  let renewedAt: number | undefined;
  let line: Promise<unknown> = Promise.resolve();
  let leaseOfOther: { readonly until: number; readonly seenAt: number } | undefined;

  const isHeldFor = (ms: number) => fence !== undefined && clock.monotonic() + ms <= until;

  /** @returns the fence; undefined while another bridge works for the workspace */
  async function take(at: number): Promise<number | undefined> {
    // To try each time would lock the row of the bridge that works: a bridge that waits only reads.
    const isTaken = renewedAt === undefined && (await isHeldByOther(at));
    const taken = isTaken ? undefined : await write(at);
    renewedAt = taken === undefined ? undefined : at;
    if (taken !== undefined) leaseOfOther = undefined;
    else if (!isTaken) await isHeldByOther(at);
    return taken;
  }

  async function write(at: number): Promise<number | undefined> {
    // An expired lease counts only until its end, because a suspended process did not work.
    const workedMs = renewedAt === undefined ? 0 : Math.min(at - renewedAt, LEASE_MS);
    const dead = isStale(at) ? { deadUntil: leaseOfOther?.until } : {};
    return store.acquireWorkspace({
      workspace,
      holder,
      now: begin + at,
      leaseMs: LEASE_MS,
      workedMs,
      ...dead,
    });
  }

  /** Reads which bridge has the lease, and remembers since when the lease has been the same. */
  async function isHeldByOther(at: number): Promise<boolean> {
    const lease = await store.workspaceLease(workspace);
    if (lease?.until !== leaseOfOther?.until) {
      leaseOfOther = lease === undefined ? undefined : { until: lease.until, seenAt: at };
    }
    return lease !== undefined && lease.holder !== holder && lease.until > begin + at && !isStale(at);
  }

  /** Whether the lease of another has been the same for as long as a lease lasts. */
  function isStale(at: number): boolean {
    return leaseOfOther !== undefined && at - leaseOfOther.seenAt >= LEASE_MS;
  }

  /** One call at a time, because a concurrent one would overwrite the lease. */
  function inLine<T>(work: () => Promise<T>): Promise<T> {
    const mine = line.then(work, work);
    line = mine.catch(() => undefined);
    return mine;
  }

  async function acquire(): Promise<boolean> {
    const at = clock.monotonic();
    const before = fence;
    try {
      fence = await take(at);
      if (fence !== undefined) until = at + LEASE_MS;
    } catch (error) {
      // The current lease is still valid until it ends.
      log.error({ err: error }, 'the lease of the workspace could not be renewed');
      if (!isHeldFor(0)) fence = undefined;
    }
    if (fence === undefined && before !== undefined) log.warn({}, 'another bridge has the workspace');
    if (fence !== undefined && before === undefined) log.info({ fence }, 'this bridge has the workspace');
    return fence !== undefined;
  }

  return {
    get fence() {
      return isHeldFor(0) ? fence : undefined;
    },
    isHeldFor,
    acquire: () => inLine(acquire),
    keep: async (signal, changed) => {
      while (!signal.aborted) {
        const before = fence;
        await inLine(acquire);
        if (fence !== before) changed();
        await clock.sleep(RENEW_MS, signal);
      }
    },
    release: () =>
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
        await acquire();
      }),
  };
}
