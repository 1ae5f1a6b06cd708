/**
 * Provisioning's port to what remembers it.
 *
 * Guarantees of every implementation: each write is atomic and durable when it resolves; a claimed job is given to
 * nobody else before its lease ends; a job is settled only by who holds its lease, checked in the same
 * transaction as everything else that the settlement writes.
 */
import type { ChangeDraft } from '../directory/change.ts';
import type { Subject } from '../directory/subject.ts';
import type { Delivery } from './delivery.ts';
import type { Job, Verdict } from './job.ts';
import type { Observation } from './observation.ts';
import type { Outage } from './outage.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from './observed.ts';
import type { DesiredGroup } from './desired.ts';
import type { UserState } from './plan-user.ts';

export interface Claim {
  readonly workspace: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly limit: number;
}

export interface Settlement {
  readonly job: Job;
  readonly at: number;
  readonly verdict: Verdict;
  readonly delivery: Delivery;
  /** Written when the delivery differs from the one that is stored. */
  readonly change: ChangeDraft;
  readonly observation?: Observation;
}

/** When each list was last read in full; null when never. Milliseconds since the epoch. */
export interface ReadTimes {
  readonly members: number | null;
  readonly groups: number | null;
}

/** A directory user that stands behind a member of Mode, and the groups the directory has them in. */
export interface PersonBehind {
  readonly memberKey: string;
  readonly userId: string;
  /** False for a member that nobody has pushed yet. */
  readonly owned: boolean;
  readonly groupIds: readonly string[];
}

/** A directory row without an owner, and the Mode account or group that it is linked to. */
export interface Unmanaged {
  readonly subject: Subject;
  readonly version: number;
  readonly token: string | null;
}

export interface ProvisioningStore {
  /**
   * Due jobs, those with something to do before those to verify, then by due time. A job whose lease ran out is
   * due. Jobs are claimed by one bridge at a time.
   */
  claimJobs(claim: Claim): Promise<readonly Job[]>;
  /** @returns false, and writes nothing, when the lease was lost. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Extends the lease to `until`. @returns false when it was lost. */
  renewLease(job: Job, until: number): Promise<boolean>;
  /** Gives claimed jobs back untried. */
  releaseJobs(jobs: readonly Job[]): Promise<void>;
  /** Takes every lease away. Only for a store that no other bridge uses. */
  releaseAllLeases(): Promise<void>;
  /** Makes parked jobs due again. */
  unparkJobs(workspace: string, now: number): Promise<void>;

  /** undefined: the workspace has no such user. A deleted user is there, not wanted. */
  userState(workspace: string, id: string): Promise<UserState | undefined>;
  desiredGroup(workspace: string, id: string): Promise<DesiredGroup | undefined>;

  observedMembers(workspace: string): Promise<readonly ObservedMember[]>;
  observedGroups(workspace: string): Promise<readonly ObservedGroup[]>;
  /** `current` is false for rows that are not to be planned with before the group is read again. */
  observedGroupMembers(
    workspace: string,
    groupToken: string,
  ): Promise<{ readonly rows: readonly ObservedGroupMember[]; readonly current: boolean }>;
  readTimes(workspace: string): Promise<ReadTimes>;

  /** The directory users behind those members: linked ones, else those with the same e-mail. */
  peopleBehind(workspace: string, members: readonly ObservedMember[]): Promise<readonly PersonBehind[]>;
  /** The directory groups linked to those Mode groups. */
  groupsBehind(workspace: string, groupTokens: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Subjects whose delivery is not verified and that have no job: something was lost on the way. */
  unsettledSubjects(workspace: string): Promise<readonly Subject[]>;
  /** Users and groups that nobody has pushed: they stand for what Mode had of its own. */
  unmanaged(workspace: string): Promise<readonly Unmanaged[]>;
  record(observation: Observation): Promise<void>;
  /** Forgets all that was known of Mode, so that everything is looked at and made right from the beginning. */
  forgetMode(workspace: string): Promise<void>;
  /** Kept for operators. @param outage null when it is over */
  saveOutage(workspace: string, outage: Outage | null): Promise<void>;
}
