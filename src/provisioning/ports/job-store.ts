/**
 * The worker's port to jobs. A claimed job is not claimed again while its holder is the newest. A job is settled only
 * by the bridge that holds its lease and the workspace, checked in the transaction that writes the rest of the
 * settlement.
 */
import type { Subject } from '../../directory/subject.ts';
import type { Delivery } from '../job/delivery.ts';
import type { Job, Verdict } from '../job/job.ts';
import type { Observation } from '../model/observation.ts';

export interface Claim {
  readonly workspace: string;
  readonly kind: Subject['kind'];
  /** From `holdWorkspace`. */
  readonly fence: number;
  readonly now: number;
  /** When the lists that such subjects depend on were last read. Jobs that need a later read are not claimed. */
  readonly readAt: number;
  /**
   * The same for jobs that wait for a read-back. Lists without unseen changes of the bridge need not be read for them.
   */
  readonly seenAt: number;
  readonly limit: number;
  readonly lane: Lane;
}

/**
 * Jobs in a lane never wait for jobs in another. `urgent`: jobs that remove access, of leavers and of people who must
 * lose the admin role. `work`: every job with work left, urgent ones first. `verify`: jobs with only the read-back
 * left.
 */
export type Lane = 'urgent' | 'work' | 'verify';

/** Due jobs that wait for the target to be read. */
export interface WaitingForRead {
  /** Since when the first of them has been due. */
  readonly since: number;
  /** For some of them, it is unknown what an earlier try did to a group. */
  readonly unsureGroups: boolean;
  /** One of them removes access. */
  readonly urgent: boolean;
}

export interface Settlement {
  readonly job: Job;
  readonly at: number;
  readonly verdict: Verdict;
  /** When it differs from the stored one, the change log gets an entry. */
  readonly delivery: Delivery;
  readonly observation?: Observation;
  /** True when a change on the target still waits for a read-back. */
  readonly acted?: boolean;
  /** True when a read has shown that the unwanted user has no account on the target any more. */
  readonly left?: boolean;
}

export interface JobStore {
  /** Whether a job (of the lane, if given) could be claimed now if the target was read recently enough. */
  areJobsDue(workspace: string, fence: number, now: number, lane?: 'urgent'): Promise<boolean>;
  /**
   * Claims due jobs of the kind and the lane: jobs that remove access first, then by due time. A job of an earlier
   * holder is due, and needs a read of the target first.
   */
  claimJobs(claim: Claim): Promise<readonly Job[]>;
  /** undefined when no due job waits for a later read than these instants. */
  waitingForRead(
    workspace: string,
    at: Readonly<Record<Subject['kind'], Pick<Claim, 'now' | 'readAt' | 'seenAt'>>>,
  ): Promise<WaitingForRead | undefined>;
  /** @returns false, and writes nothing, when the lease was lost. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Releases claimed jobs without a try. */
  releaseJobs(jobs: readonly Job[]): Promise<void>;
  /** Makes every parked job due, as new. A running job runs again. */
  unparkJobs(workspace: string, now: number): Promise<void>;
  /** Makes parked jobs due that remove access. They keep their number of tries. */
  unparkUrgentJobs(workspace: string, now: number): Promise<void>;
  /** Makes parked jobs due whose time has come. They keep their number of tries. */
  unparkDueJobs(workspace: string, now: number): Promise<void>;
  /**
   * Corrects instants that a fast clock has written: what is scheduled after `latestDue` becomes due now, what was done
   * in the future was done now, and lists that were read in the future must be read again.
   */
  forgetFuture(workspace: string, now: number, latestDue: number): Promise<void>;
}
