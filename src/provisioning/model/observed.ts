/** The observed state of the target: as last read, or as written by the bridge until a read confirms it. */
import type { Profile } from './profile.ts';

/**
 * The list of the target that showed a row. `made`: no read was needed, because the bridge created the group.
 * `refused`: the key may not read the list.
 */
export type ReadHow = string;

/**
 * `active`: in the workspace. `invited`: has an invite that is not accepted. `former`: listed, but not in the
 * workspace (removed, banned, anything unknown).
 */
export type MemberState = 'active' | 'invited' | 'former';

export interface ObservedMember extends Profile {
  /** The target's id of the account; null while only an invite is known. */
  readonly accountId: string | null;
  /** The target's id of the membership of the workspace; null until a read shows it. */
  readonly membershipId: string | null;
  readonly username: string | null;
  readonly state: MemberState;
  /** The target's name of the state, when it is not "active". */
  readonly rawState?: string;
  readonly admin: boolean;
  /** Belongs to the target's own SCIM: never written. */
  readonly managedElsewhere: boolean;
  /** When the bridge last changed it; null when it is as read. Milliseconds since the epoch. */
  readonly writtenAt: number | null;
  /** The list that showed it; only on rows from a read. */
  readonly how?: ReadHow;
}

export interface ObservedGroup {
  readonly token: string;
  readonly name: string;
  /** False for groups that are never written: those of the target's own SCIM, and built-in ones (everyone). */
  readonly writable: boolean;
  readonly writtenAt: number | null;
  /** The number of members in the target's list of groups; absent when the list does not have it. */
  readonly memberCount?: number;
}

export interface ObservedGroupMember {
  readonly targetGroupId: string;
  readonly accountId: string;
  /** One person may have several in one group; all of them are removed. Null until a read or a write returns it. */
  readonly groupMembershipId: string | null;
  readonly writtenAt: number | null;
}
