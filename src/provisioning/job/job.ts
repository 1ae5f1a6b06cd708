/**
 * "Make this subject right". A job names a subject and not an action: what to do is planned when it runs, so to run
 * it twice, late, or after a crash changes nothing more.
 */
import type { Subject } from '../../directory/subject.ts';
import type { Reason } from '../reason/reason.ts';

export interface Job {
  readonly workspace: string;
  readonly subject: Subject;
  /** How often it was tried since it was last asked for; 1 on the first try. */
  readonly attempt: number;
  /**
   * An earlier try may have done something that nobody recorded: the target must have been read at or after this instant
   * before anything is planned. Null when all that was done is known. Milliseconds since the epoch.
   */
  readonly lookAfter: number | null;
  /** When everything was applied that no read has shown yet; null when nothing waits to be seen. */
  readonly appliedAt: number | null;
  /** True when all is done and only the read-back is left. */
  readonly verifying: boolean;
  /** Only the holder of the lease may settle the job. */
  readonly lease: string;
  /** Of the bridge that works for the workspace; with a newer one about, the job cannot be settled. */
  readonly fence: number;
}

/** What becomes of a job after a try. */
export type Verdict =
  /** Nothing is left to do; the job goes, unless it was asked for again meanwhile. */
  | { readonly kind: 'done' }
  /** All is applied; look again at `at` whether the target shows it. */
  | { readonly kind: 'verify'; readonly at: number }
  | {
      readonly kind: 'retry';
      readonly at: number;
      readonly reasons: readonly Reason[];
      /** True when it is certain that the step that failed was not carried out. */
      readonly undone?: boolean;
    }
  /** Waits for people; it is tried again at `at` all the same. Milliseconds since the epoch. */
  | {
      readonly kind: 'park';
      readonly reasons: readonly Reason[];
      readonly at: number;
      /** True when nothing was sent that may have been carried out without an answer. */
      readonly undone?: boolean;
    };
