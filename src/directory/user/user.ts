/** A user as the IdP described them. */

export interface Email {
  readonly value: string;
  readonly type: string | null;
  readonly primary: boolean;
}

/** What the IdP sent about a user. */
interface UserState {
  /** Unique within a workspace without regard to case, stored as it was sent. */
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** The address by which Mode identifies the person; null when the IdP sent none. */
  readonly email: string | null;
  readonly fullName: string | null;
  /** Whether the person is a workspace admin; null when the IdP has never sent a role, and Mode's state stays. */
  readonly admin: boolean | null;
  /** Everything as sent and patched, as the text of a JSON object. Returned on every read, not parsed here. */
  readonly document: string;
}

/** The content of a write; the bridge adds id and version. */
export interface UserDraft extends UserState {
  /** All addresses, for look-ups. */
  readonly emails: readonly Email[];
}

export interface User extends UserState {
  readonly id: string;
  readonly workspace: string;
  /** The connection that owns the user; null for a member of Mode that no IdP has pushed yet. */
  readonly ownerId: string | null;
  /** Increases by one with every change. It is the ETag. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
