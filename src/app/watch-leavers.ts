/**
 * Counts verified leavers in the metrics, and reports leavers who keep their access for too long, while the bridge
 * runs.
 */
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import { leavingMs, type Leaver } from '../provisioning/leaver/leaver.ts';
import type { LeaverStore } from '../provisioning/leaver/leaver-store.ts';

const EVERY_MS = 15_000;
const AT_ONCE = 500;
const SECOND_MS = 1_000;

interface Parts {
  readonly store: Pick<LeaverStore, 'takeMeasured' | 'takeOverdue'>;
  /** The objective of each workspace, in milliseconds. */
  readonly workspaces: ReadonlyMap<string, number>;
  readonly clock: Clock;
  /** Called once for each verified leaver, by one of the bridges. */
  readonly measured: (workspace: string, seconds: number) => void;
  /** Called once for each leaver above the objective, by one of the bridges; verified or not. */
  readonly overdue: (leaver: Leaver) => void;
  readonly log: Logger;
}

/** @returns when the signal is aborted. Never rejects. */
export async function watchLeavers(parts: Parts, signal: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  while (!signal.aborted) {
    await lookAtLeavers(parts).catch((error: unknown) => {
      log.warn({ err: error }, 'could not look how long leavers keep their access');
    });
    await clock.sleep(EVERY_MS, signal);
  }
}

/** Checks all workspaces once. */
export async function lookAtLeavers({
  store,
  workspaces,
  clock,
  measured,
  overdue,
}: Omit<Parts, 'log'>): Promise<void> {
  for (const [workspace, objectiveMs] of workspaces) {
    const now = clock.now();
    for (const leaver of await store.takeMeasured(workspace, now, AT_ONCE))
      measured(workspace, leavingMs(leaver, now) / SECOND_MS);
    for (const leaver of await store.takeOverdue(workspace, now, objectiveMs, AT_ONCE)) overdue(leaver);
  }
}

/** Without the name of the person: `leavers` shows it. */
export function logOverdue(log: Logger): (leaver: Leaver) => void {
  return ({ id, workspace, userId, askedAt, removedAt }) => {
    log.warn(
      { code: 'leaver_overdue', leaver: id, workspace, userId, askedAt, removedAt },
      'a leaver has kept access for longer than the objective, or no read of Mode has shown the removal: "leavers" and "status" show who and why',
    );
  };
}
