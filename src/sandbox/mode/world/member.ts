/** A person in the simulated workspace. The record also exists while the person is invited and after removal. */

/** `banned` is a former member: removed, but the record still exists. */
export type MemberState = 'active' | 'pending' | 'banned';

export interface Member {
  /** Token of the account. */
  readonly memberToken: string;
  /** Token of the membership. */
  membershipToken: string;
  /** A placeholder while pending, with the quirk `invitee_username`. */
  username: string;
  readonly finalUsername: string;
  readonly userId: string;
  email: string;
  name: string;
  state: MemberState;
  admin: boolean;
  /** Belongs to Mode's own SCIM: refuses writes. */
  readonly managedByScim: boolean;
  /** When the account was created. All times here are milliseconds since the epoch. */
  readonly createdAt: number;
  activatedAt: number | null;
  bannedAt: number | null;
  /** When the person last viewed a report; null: never. */
  lastActiveAt: number | null;
}

export interface Invite {
  readonly email: string;
  readonly message: string;
  readonly memberToken: string;
  state: 'pending' | 'accepted' | 'cancelled' | 'expired';
  /** Number of times sent. */
  count: number;
  readonly createdAt: number;
  sentAt: number;
  expiresAt: number | null;
  acceptedAt: number | null;
}
