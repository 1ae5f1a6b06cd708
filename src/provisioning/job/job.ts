/**
 * A job to reconcile one subject. A job names a subject and not an action. What to do is planned when it runs, so
 * running it twice, late, or after a crash changes nothing more.
 */
import type { Subject } from '../../directory/subject.ts';
import type { Reason } from '../reason/reason.ts';

export interface Job {
  readonly workspace: string;
  readonly subject: Subject;
  /** The number of tries since the job was last enqueued; 1 on the first try. */
  readonly attempt: number;
  /**
   * An earlier try may have done something that was not recorded, so the target must have been read at or after this
   * instant before a plan. Null when everything is recorded. Milliseconds since the epoch.
   */
  readonly lookAfter: number | null;
  /** When the last change was applied that no read has shown yet; null when there is none. */
  readonly appliedAt: number | null;
  /** True when only the read-back is left. */
  readonly verifying: boolean;
  /** Only the holder of the lease may settle the job. */
  readonly lease: string;
  /** The fence of the bridge that claimed it. With a newer fence in the store, the job cannot be settled. */
  readonly fence: number;
}

/** The result of a try. */
export type Verdict =
  /** Nothing is left to do. The job is deleted unless it was enqueued again in the meantime. */
  | { readonly kind: 'done' }
  /** All is applied; look again at `at` whether the target shows it. */
  | { readonly kind: 'verify'; readonly at: number }
  | {
      readonly kind: 'retry';
      readonly at: number;
      readonly reasons: readonly Reason[];
      /** True when the failed step was certainly not applied. */
      readonly undone?: boolean;
    }
  /** Waits for people; it is tried again at `at` all the same. Milliseconds since the epoch. */
  | {
      readonly kind: 'park';
      readonly reasons: readonly Reason[];
      readonly at: number;
      /** True when no sent step may have been applied without an answer. */
      readonly undone?: boolean;
    };
