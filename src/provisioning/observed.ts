/** What Mode has, as last read, or as our own last write made it until a read confirms that. */

/**
 * `active`: in the workspace. `invited`: has an invite that is not accepted. `former`: listed, but not in the
 * workspace (removed, banned, anything unknown).
 */
export type MemberState = 'active' | 'invited' | 'former';

export interface ObservedMember {
  /** The person's account on Mode; null while only an invite is known. */
  readonly memberToken: string | null;
  /** The membership of this workspace, needed to remove it; null until seen. */
  readonly membershipToken: string | null;
  readonly username: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly state: MemberState;
  readonly admin: boolean;
  /** Belongs to Mode's own SCIM: never written. */
  readonly managedByScim: boolean;
  /** When our own write last changed it; null when all is as read. Milliseconds since the epoch. */
  readonly writtenAt: number | null;
}

export interface ObservedGroup {
  readonly token: string;
  readonly name: string;
  /** False for what is never written: managed by Mode's own SCIM, or built in (everyone). */
  readonly writable: boolean;
  readonly writtenAt: number | null;
}

export interface ObservedGroupMember {
  readonly groupToken: string;
  readonly memberToken: string;
  /** One person may have several in one group; all of them are removed. Null until a read or a write tells it. */
  readonly groupMembershipToken: string | null;
  readonly writtenAt: number | null;
}
