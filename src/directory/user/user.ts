/** A person as the IdP described them. */

export interface Email {
  readonly value: string;
  readonly type: string | null;
  readonly primary: boolean;
}

/** What the IdP says of a person. */
interface UserState {
  /** Unique within a workspace without regard to case; kept as it was sent. */
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** The one address by which Mode knows the person; null when the IdP gave none. */
  readonly email: string | null;
  readonly fullName: string | null;
  /** Workspace admin or not; null when the IdP has never named a role, and Mode's own setting stands. */
  readonly admin: boolean | null;
  /** Everything as sent and patched, as the text of a JSON object: echoed on every read, not looked into here. */
  readonly document: string;
}

/** What a write says about a person; the bridge adds identity and version. */
export interface UserDraft extends UserState {
  /** All addresses, by which people are found. */
  readonly emails: readonly Email[];
}

export interface User extends UserState {
  readonly id: string;
  readonly workspace: string;
  /** The connection that owns the person; null for a member of Mode whom nobody has pushed yet. */
  readonly ownerId: string | null;
  /** Rises by one with every change; the ETag. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
