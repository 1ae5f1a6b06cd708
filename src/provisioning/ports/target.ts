/**
 * The port to the system that the bridge reconciles.
 *
 * Reads are complete or throw: a part of a list is never returned as the whole list. Operations may be tried again
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
  /** How long to wait, as the target asked; undefined when it did not. */
  readonly retryAfterMs: number | undefined;
  /** The status of the response; undefined when there was none. */
  readonly status: number | undefined;
  /**
   * Whether the target itself refused. Otherwise the error is a conclusion of the bridge: it is never recorded as a
   * refusal, and the step is tried again.
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

/** The result of an operation: tokens from the target's response; absent when it has none. */
export interface Applied {
  readonly accountId?: string;
  readonly membershipId?: string;
  readonly username?: string;
  readonly targetGroupId?: string;
  readonly groupMembershipId?: string;
  /** Until when an invite may be accepted. Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** True when the target already had the account that was invited. */
  readonly existed?: boolean;
}

/** Whether a seat is free. */
export interface Seats {
  /** The result of the last read; false before the first one. */
  readonly full: boolean;
  /** Asks the target. @throws TargetError */
  read(): Promise<boolean>;
}

/** Adds and removes members of one group together. */
export interface MemberChanges {
  /** The maximum number of members in one call. */
  readonly atOnce: number;
  /**
   * @param change tokens of accounts @returns the changed members; the others can only be changed one by one. @throws
   * TargetError
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
  /** The capabilities, learned from every call. */
  readonly capabilities: CapabilityBook;
  /**
   * Probes the capabilities with reads only, and stores the result in the book. @throws TargetError unauthorized,
   * unavailable
   */
  probe(): Promise<Findings>;
  /** The page where a person can do the step, or the closest known page. Never fails. */
  pageFor(place: TaskPlace): Promise<string>;
  /**
   * Every member and pending invite that the target lists, in as few calls as possible. @param known members whose
   * addresses need not be read again
   */
  readMembers(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** Finds members of `missing` in lists other than the last one read. */
  findMembers?(missing: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** Every active group. */
  readGroups(): Promise<readonly ObservedGroup[]>;
  /** @throws TargetError not_found when the group is gone. */
  readGroupMembers(targetGroupId: string): Promise<readonly ObservedGroupMember[]>;
  /**
   * The permissions on resources of that kind. @throws TargetError forbidden or not_found when this key may not list
   * them
   */
  readPermissions(kind: ResourceKind): Promise<ReadPermissions>;
  /** When people were last active. @throws TargetError forbidden when the target does not return this */
  readActivity(): Promise<readonly Activity[]>;
  /** Absent when the target has no seat limit. */
  readonly seats?: Seats;
  /** Calls per second that it can sustain now for the most frequent calls, with all credentials. */
  readonly callsPerSecond: number;
  /** Absent when each change of a member needs its own call. */
  readonly changeMembers?: MemberChanges;
  /** Carries out one operation. `adopt_group` sends nothing. */
  apply(operation: Operation): Promise<Applied>;
  /** The usernames of the people whose credentials the bridge uses; empty when there are none or they are unknown. */
  readOwners(): Promise<readonly string[]>;
  close(): Promise<void>;
}
