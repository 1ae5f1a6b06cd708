/**
 * Provisioning's port to what remembers it.
 *
 * Guarantees of every implementation: each write is atomic and durable when it resolves; a workspace has one holder at
 * a time, and each new one has a higher fence; a claimed job is given to nobody else while that holder is the newest;
 * a job is settled only by who holds its lease and the workspace, checked in the same transaction as everything else
 * that the settlement writes.
 */
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Delivery } from '../job/delivery.ts';
import type { Job, Verdict } from '../job/job.ts';
import type { Observation } from '../model/observation.ts';
import type { Outage } from '../job/outage.ts';
import type { DriftStore } from './drift-store.ts';
import type { InviteStore } from './invite-store.ts';
import type { LinkStore } from './link-store.ts';
import type { GroupRead } from '../observe/group-reads.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';
import type { PermissionStore } from './permission-store.ts';
import type { TargetFactStore } from './target-facts.ts';
import type { SubjectState } from '../plan/subject-state.ts';

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

/** A bridge that wants to be the one that works for a workspace. */
export interface Holder {
  readonly workspace: string;
  /** Its own name, which no other bridge has. */
  readonly holder: string;
  readonly now: number;
  readonly leaseMs: number;
  /** The end of another's lease that has stood unchanged for as long as a lease lasts: its holder is gone. */
  readonly deadUntil?: number | undefined;
}

/** Due jobs that wait for Mode to be read. */
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
  readonly delivery: Delivery;
  /** Written when the delivery differs from the one that is stored. */
  readonly change: ChangeDraft;
  readonly observation?: Observation;
  /** True when something was done on Mode that is still to be seen. */
  readonly acted?: boolean;
  /** True when a read has shown that the user, who is not wanted, has no account on Mode any more. */
  readonly left?: boolean;
}

/** When each list was last read in full: when that reading began; null when never. Milliseconds since the epoch. */
export interface ReadTimes {
  readonly members: number | null;
  readonly groups: number | null;
}

export interface RowReads {
  readonly how: string;
  readonly rows: number;
  /** When the reading began that showed them last, of the row that was not shown for longest. */
  readonly oldest: number;
}

export type RemovedFrom = 'groups' | { readonly groupToken: string };

export interface Removed {
  readonly writtenAt: number;
  /** The last read still showed it. */
  readonly stillListed: boolean;
}

export interface KnownGroupMembers {
  readonly rows: readonly ObservedGroupMember[];
  readonly current: boolean;
  /** When their reading began; null when they are not current. */
  readonly readAt: number | null;
}

/** A directory user who may have to do with a member of Mode, and the groups the directory has them in. */
export interface PersonConcerned {
  readonly memberKey: string;
  readonly userId: string;
  /** False for a member that nobody has pushed yet. */
  readonly owned: boolean;
  readonly groupIds: readonly string[];
}

export interface AccountHolder {
  readonly userId: string;
  /** False for a member that nobody has pushed yet. */
  readonly owned: boolean;
}

/** A directory row without an owner, and the Mode account or group that it is linked to. */
export interface Unmanaged {
  readonly subject: Subject;
  readonly version: number;
  readonly token: string | null;
}

export interface ProvisioningStore
  extends InviteStore, LinkStore, DriftStore, PermissionStore, TargetFactStore {
  /**
   * Gives the lease of the workspace to the holder, or extends it.
   * @returns the fence; undefined while somebody else is it
   */
  acquireWorkspace(holder: Holder): Promise<number | undefined>;
  /** Who holds the workspace, or held it last, and until when; undefined when nobody ever did. */
  workspaceLease(workspace: string): Promise<{ readonly holder: string; readonly until: number } | undefined>;
  /** Lets the next one in at once. */
  releaseWorkspace(workspace: string, holder: string): Promise<void>;
  /** Takes every workspace from its holder. Only for a store that no other bridge uses. */
  releaseAllWorkspaces(): Promise<void>;

  /** Whether any job, or any of the lane, could be claimed now if Mode was read recently enough. */
  areJobsDue(workspace: string, fence: number, now: number, lane?: 'urgent'): Promise<boolean>;
  /**
   * Due jobs of the kind and the lane: those that take access away first, then by due time. A job that an earlier holder
   * left is due, and must look at Mode first.
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
  /** Makes every parked job due, as new. */
  unparkJobs(workspace: string, now: number): Promise<void>;
  /** Makes those parked jobs due whose own time has come; they keep the number of their tries. */
  unparkDueJobs(workspace: string, now: number): Promise<void>;
  /**
   * Mends what a clock that was ahead has written: what is scheduled later than `latestDue` is due now, what was done
   * later than now was done now, and lists that were read later than now have to be read again.
   */
  forgetFuture(workspace: string, now: number, latestDue: number): Promise<void>;

  /**
   * Everything that is known of one subject, for a plan; nothing asks the target. A deleted subject is there, not wanted.
   * @returns undefined when the workspace has no such subject and never had
   */
  subjectState(workspace: string, subject: Subject, now: number): Promise<SubjectState | undefined>;

  observedMembers(workspace: string): Promise<readonly ObservedMember[]>;
  /** Whether any of them was invited and has not accepted. */
  isAnybodyInvited(workspace: string): Promise<boolean>;
  observedGroups(workspace: string): Promise<readonly ObservedGroup[]>;
  /** `current` is false for rows that are not to be planned with before the group is read again. */
  observedGroupMembers(workspace: string, groupToken: string): Promise<KnownGroupMembers>;
  readTimes(workspace: string): Promise<ReadTimes>;
  /** By which lists the rows that are known were read, and since when; rows that only we wrote are in none. */
  rowReads(workspace: string): Promise<readonly RowReads[]>;
  /** Whether a group that we made, renamed or deleted has not been seen in the list since. */
  groupsUnseen(workspace: string): Promise<boolean>;
  /** What we took away within the last minutes, by token; of the groups, or of the members of one. */
  removedOnMode(workspace: string, list: RemovedFrom): Promise<ReadonlyMap<string, Removed>>;
  /** What is known about each group's members, to decide which must be read. */
  groupReads(workspace: string): Promise<readonly GroupRead[]>;

  /**
   * Every directory user whom a change of those members may concern, the likeliest of each member first: who is linked
   * to the account, who has its address, and for whom that address was invited.
   */
  peopleConcerned(workspace: string, members: readonly ObservedMember[]): Promise<readonly PersonConcerned[]>;
  /** The users whose accounts the workspace's members are, by the key of the member. */
  accountHolders(workspace: string): Promise<ReadonlyMap<string, AccountHolder>>;
  /** The directory groups linked to those Mode groups. */
  groupsBehind(workspace: string, groupTokens: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Subjects whose delivery is not verified and that have no job: something was lost on the way. */
  unsettledSubjects(workspace: string): Promise<readonly Subject[]>;
  /** E-mails of pushed and active users, and names of pushed groups. */
  pushedNames(
    workspace: string,
  ): Promise<{ readonly emails: readonly string[]; readonly groups: readonly string[] }>;
  /** Users and groups that nobody has pushed: they stand for what Mode had of its own. */
  unmanaged(workspace: string): Promise<readonly Unmanaged[]>;
  record(observation: Observation): Promise<void>;
  /** Forgets all that was known of Mode, so that everything is looked at and made right from the beginning. */
  forgetMode(workspace: string): Promise<void>;
  /** Kept for operators. @param outage null when it is over */
  saveOutage(workspace: string, outage: Outage | null): Promise<void>;
}
