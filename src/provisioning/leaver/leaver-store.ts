/**
 * The port to what remembers leavers. Rows begin and are cancelled in the transaction of the directory write, and are
 * verified in the transaction that settles the job.
 *
 * Guarantees: of all bridges on one database, one takes each leaver, once.
 */
import type { Change } from '../../directory/change.ts';
import type { Leaver } from './leaver.ts';

export interface LeaverPosition {
  readonly at: number;
  readonly id: string;
}

export interface LeaverQuery {
  /** Asked for at this time or later. */
  readonly from: number;
  /** Only those before this one. */
  readonly before?: LeaverPosition | undefined;
  readonly limit: number;
}

export interface LeaverStore {
  /** Newest first. */
  list(workspace: string, query: LeaverQuery): Promise<readonly Leaver[]>;
  /** Those who are asked for before `askedBefore` and not verified: how many, and the oldest of them. */
  open(
    workspace: string,
    askedBefore: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly oldest: readonly Leaver[] }>;
  /** What the change log has about the user from the request to the read, at most `limit` entries. */
  changesOf(leaver: Leaver, limit: number): Promise<readonly Change[]>;
  /** Verified ones that no metric has counted yet, at most `limit`. */
  takeMeasured(workspace: string, now: number, limit: number): Promise<readonly Leaver[]>;
  /** Those above the objective whom nobody has reported yet, at most `limit`. */
  takeOverdue(workspace: string, now: number, objectiveMs: number, limit: number): Promise<readonly Leaver[]>;
  /** Deletes those asked for before `before`, at most `limit` at once. Open ones stay. @returns how many */
  prune(before: number, limit: number): Promise<number>;
}
