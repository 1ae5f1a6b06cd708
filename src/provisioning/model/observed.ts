/** What the target has, as last read, or as our own last write made it until a read confirms that. */
import type { Profile } from './profile.ts';

/**
 * Which of the target's lists showed a row, as the target names it. `made`: nothing had to be read, because we made the
 * group ourselves. `refused`: the list was asked for, and the key may not read it.
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
  /** The target's own id of the account's membership of the workspace, for its own use; null until seen. */
  readonly membershipId: string | null;
  readonly username: string | null;
  readonly state: MemberState;
  /** The target's own word for the state, when it is not "active". */
  readonly rawState?: string;
  readonly admin: boolean;
  /** Belongs to the target's own SCIM: never written. */
  readonly managedElsewhere: boolean;
  /** When our own write last changed it; null when all is as read. Milliseconds since the epoch. */
  readonly writtenAt: number | null;
  /** Which list showed it; only on rows that come from a read. */
  readonly how?: ReadHow;
}

export interface ObservedGroup {
  readonly token: string;
  readonly name: string;
  /** False for what is never written: managed by the target's own SCIM, or built in (everyone). */
  readonly writable: boolean;
  readonly writtenAt: number | null;
  /** How many members the target's list says it has; absent when it does not say. */
  readonly memberCount?: number;
}

export interface ObservedGroupMember {
  readonly targetGroupId: string;
  readonly accountId: string;
  /** One person may have several in one group; all of them are removed. Null until a read or a write returns it. */
  readonly groupMembershipId: string | null;
  readonly writtenAt: number | null;
}
