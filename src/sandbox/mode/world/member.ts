/** A person in the simulated workspace, on record while invited and after being removed. */

/** `banned` is a former member: removed, still on record. */
export type MemberState = 'active' | 'pending' | 'banned';

export interface Member {
  /** Of the account. */
  readonly memberToken: string;
  /** Of this membership. */
  membershipToken: string;
  /** Another one while pending, where Mode gives a placeholder. */
  username: string;
  readonly finalUsername: string;
  readonly userId: string;
  email: string;
  name: string;
  state: MemberState;
  admin: boolean;
  /** Belongs to Mode's own SCIM: refuses writes. */
  readonly managedByScim: boolean;
  /** When the account was made; milliseconds since the epoch, as all instants here. */
  readonly createdAt: number;
  activatedAt: number | null;
  bannedAt: number | null;
  /** When they last looked at a report; null: never. */
  lastActiveAt: number | null;
}

export interface Invite {
  readonly email: string;
  readonly message: string;
  readonly memberToken: string;
  state: 'pending' | 'accepted' | 'cancelled' | 'expired';
  /** How often it was sent. */
  count: number;
  readonly createdAt: number;
  sentAt: number;
  expiresAt: number | null;
  acceptedAt: number | null;
}
