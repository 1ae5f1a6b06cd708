/**
 * The port to the system that is made right.
 *
 * Reads are complete or throw: a part of a list is never returned as the whole. Operations may be tried again
 * after a read. Every failure is a TargetError.
 */
import type { Activity } from '../model/activity.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';
import type { CapabilityBook } from '../capability/capability-book.ts';
import type { Findings } from '../capability/capability.ts';
import type { Operation } from '../model/operation.ts';
import type { ReadPermissions, ResourceKind } from '../model/permission.ts';
import type { TaskPlace } from '../plan/task.ts';
import type { Reason } from '../reason/reason.ts';

export type TargetErrorKind =
  /** The credential is not accepted (401). */
  | 'unauthorized'
  /** The credential is good, but not for this (403, and the 400s and 404s that mean it). */
  | 'forbidden'
  /** The thing, or something named in the body, is not there (404). */
  | 'not_found'
  /** Refused because of what is there already (409, 422), or for its content (400). */
  | 'refused'
  | 'rate_limited'
  /** There is no seat for another person. */
  | 'no_seat'
  /** 5xx, a broken connection, a time-out, an answer that cannot be read. */
  | 'unavailable';

export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly kind: TargetErrorKind;
  /** How long the target asked to be left alone; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;
  /** The status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /**
   * Whether the target itself answered the question that failed. An error without an answer is a conclusion of the
   * bridge: it is never recorded as a refusal of the target, and the step is tried again.
   */
  readonly answered: boolean;

  /** What it is to people. */
  get reason(): Reason {
    return { code: `target_${this.kind}`, params: { answer: this.message } };
  }

  /** @param options `answered` is true by default when there is a status */
  constructor(
    kind: TargetErrorKind,
    message: string,
    options?: ErrorOptions & { retryAfterMs?: number; status?: number | undefined; answered?: boolean },
  ) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = options?.retryAfterMs;
    this.status = options?.status;
    this.answered = options?.answered ?? options?.status !== undefined;
  }
}

/** What an operation taught: tokens that the target gave in its answer; absent when it gave none. */
export interface Applied {
  readonly accountId?: string;
  readonly membershipId?: string;
  readonly username?: string;
  readonly targetGroupId?: string;
  readonly groupMembershipId?: string;
  /** Until when an invite may be accepted. Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** True when an invite made nobody new: the target had the account before. */
  readonly existed?: boolean;
}

/** Whether there is room for another person. */
export interface Seats {
  /** As last read; false until then. */
  readonly full: boolean;
  /** Asks the target. @throws TargetError */
  read(): Promise<boolean>;
}

/** Members of one group who are put in and taken out together. */
export interface MemberChanges {
  /** How many at once, at most. */
  readonly atOnce: number;
  /**
   * @param change accounts, by their tokens
   * @returns the members that are changed; the others can only be changed one by one. @throws TargetError
   */
  apply(change: GroupChange): Promise<ReadonlySet<string>>;
}

export interface GroupChange {
  readonly targetGroupId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface Target {
  /** Its name for people, e.g. "the target". */
  readonly label: string;
  /** What it can do, learned from every call. */
  readonly capabilities: CapabilityBook;
  /** Looks at what it can do, by reads alone, and writes it into the book. @throws TargetError unauthorized, unavailable */
  probe(): Promise<Findings>;
  /** The page on which a person can do that; the nearest one that is known. Never fails. */
  pageFor(place: TaskPlace): Promise<string>;
  /**
   * Every member and pending invite that the target lists, in as few calls as it can.
   * @param known whose addresses need not be asked for again
   */
  readMembers(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** The members of `missing` that a list other than the last one has. */
  findMembers?(missing: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** Every active group. */
  readGroups(): Promise<readonly ObservedGroup[]>;
  /** @throws TargetError not_found when the group is gone. */
  readGroupMembers(targetGroupId: string): Promise<readonly ObservedGroupMember[]>;
  /** Who may do what with resources of that kind. @throws TargetError forbidden or not_found when this key may not list them */
  readPermissions(kind: ResourceKind): Promise<ReadPermissions>;
  /** When people were last active. @throws TargetError forbidden when the target does not say */
  readActivity(): Promise<readonly Activity[]>;
  /** Absent when it has no limit of people. */
  readonly seats?: Seats;
  /** Calls a second that it can keep up for what there is most of, now: with all credentials that serve it. */
  readonly callsPerSecond: number;
  /** Absent when each member of a group needs a call of its own. */
  readonly changeMembers?: MemberChanges;
  /** Carries out one operation. `adopt_group` sends nothing. */
  apply(operation: Operation): Promise<Applied>;
  /** The handles of the people whose credentials the bridge uses; empty when they belong to nobody or are unknown. */
  readOwners(): Promise<readonly string[]>;
  close(): Promise<void>;
}
