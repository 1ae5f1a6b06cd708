/** The worker's port to jobs. A claimed job is given to nobody else while its holder is the newest. A job is settled only by the bridge that holds its lease and the workspace, checked in the transaction that writes the rest of the settlement. */
import type { Subject } from '../../directory/subject.ts';
import type { Delivery } from '../job/delivery.ts';
import type { Job, Verdict } from '../job/job.ts';
import type { Observation } from '../model/observation.ts';

export interface Claim {
  readonly workspace: string;
  readonly kind: Subject['kind'];
  /** As `holdWorkspace` gave it. */
  readonly fence: number;
  readonly now: number;
  /** When the lists that such subjects depend on were last read: jobs that need a later read are not given out. */
  readonly readAt: number;
  /** The same for jobs that wait to be seen: lists in which nothing of ours is unseen need not be read for them. */
  readonly seenAt: number;
  readonly limit: number;
  readonly lane: Lane;
}

/**
 * Jobs in a lane never wait for jobs in another.
 * `urgent`: jobs that take access away, those of leavers and of people whose admin role must end. `work`: every job with
 * something to do, urgent ones first. `verify`: jobs of which only the read-back is left.
 */
export type Lane = 'urgent' | 'work' | 'verify';

/** Due jobs that wait for the target to be read. */
export interface WaitingForRead {
  /** Since when the first of them has been due. */
  readonly since: number;
  /** Some of them do not know what an earlier try did to a group. */
  readonly unsureGroups: boolean;
  /** One of them is to take access away. */
  readonly urgent: boolean;
}

export interface Settlement {
  readonly job: Job;
  readonly at: number;
  readonly verdict: Verdict;
  /** When it differs from the one that is stored, the change log gets an entry. */
  readonly delivery: Delivery;
  readonly observation?: Observation;
  /** True when something was done on the target that is still to be seen. */
  readonly acted?: boolean;
  /** True when a read has shown that the user, who is not wanted, has no account on the target any more. */
  readonly left?: boolean;
}

export interface JobStore {
  /** Whether any job, or any of the lane, could be claimed now if the target was read recently enough. */
  areJobsDue(workspace: string, fence: number, now: number, lane?: 'urgent'): Promise<boolean>;
  /**
   * Due jobs of the kind and the lane: those that take access away first, then by due time. A job that an earlier holder
   * left is due, and must look at the target first.
   */
  claimJobs(claim: Claim): Promise<readonly Job[]>;
  /** undefined: no due job waits for a read later than those instants. */
  waitingForRead(
    workspace: string,
    at: Readonly<Record<Subject['kind'], Pick<Claim, 'now' | 'readAt' | 'seenAt'>>>,
  ): Promise<WaitingForRead | undefined>;
  /** @returns false, and writes nothing, when the lease was lost. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Gives claimed jobs back untried. */
  releaseJobs(jobs: readonly Job[]): Promise<void>;
  /** Makes every parked job due, as new; a job that runs now runs again. */
  unparkJobs(workspace: string, now: number): Promise<void>;
  /** Makes the parked jobs due that take access away; they keep the number of their tries. */
  unparkUrgentJobs(workspace: string, now: number): Promise<void>;
  /** Makes those parked jobs due whose own time has come; they keep the number of their tries. */
  unparkDueJobs(workspace: string, now: number): Promise<void>;
  /**
   * Mends what a clock that was ahead has written: what is scheduled later than `latestDue` is due now, what was done
   * later than now was done now, and lists that were read later than now have to be read again.
   */
  forgetFuture(workspace: string, now: number, latestDue: number): Promise<void>;
}
