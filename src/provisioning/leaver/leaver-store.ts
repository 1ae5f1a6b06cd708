/**
 * The port to stored leavers. Rows are added and cancelled in the transaction of the directory write, and verified in the
 * transaction that settles the job.
 *
 * Guarantee: of all bridges on one database, one counts or reports each leaver, once.
 */
import type { Change } from '../../directory/change.ts';
import type { Leaver } from './leaver.ts';

export interface LeaverPosition {
  readonly at: number;
  readonly id: string;
}

export interface LeaverQuery {
  /** Removed by the IdP at this time or later. */
  readonly from: number;
  /** Only leavers before this one. */
  readonly before?: LeaverPosition | undefined;
  readonly limit: number;
}

export interface LeaverStore {
  /** Newest first. */
  list(workspace: string, query: LeaverQuery): Promise<readonly Leaver[]>;
  /** Leavers from before `askedBefore` that are not verified: their number, and the oldest of them. */
  open(
    workspace: string,
    askedBefore: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly oldest: readonly Leaver[] }>;
  /** The changes of the user from the request to the read, at most `limit`. */
  changesOf(leaver: Leaver, limit: number): Promise<readonly Change[]>;
  /** Verified ones that no metric has counted yet, at most `limit`. */
  takeMeasured(workspace: string, now: number, limit: number): Promise<readonly Leaver[]>;
  /** Leavers above the objective that are not reported yet, at most `limit`. */
  takeOverdue(workspace: string, now: number, objectiveMs: number, limit: number): Promise<readonly Leaver[]>;
  /** Deletes leavers from before `before`, at most `limit` at once. Open ones stay. @returns how many */
  prune(before: number, limit: number): Promise<number>;
}
