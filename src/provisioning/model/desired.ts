/** What the directory wants of one subject, and what is needed to find it on the target. */
import type { LinkOrigin } from '../ports/link-store.ts';
import type { Profile } from './profile.ts';

export interface DesiredUser extends Profile {
  readonly id: string;
  /** A connection has pushed the user. Nothing is ever done about one that nobody has. */
  readonly owned: boolean;
  /** Active and not deleted. */
  readonly wanted: boolean;
  /** Null: the IdP has never named a role. */
  readonly admin: boolean | null;
  /** The account that this user is linked to, and how the link was made; null when there is no link. */
  readonly accountId: string | null;
  readonly linkOrigin: LinkOrigin | null;
  /** The link was made only to show the IdP what the target has. No connection has taken the account over yet. */
  readonly shown?: boolean;
}

export interface DesiredMember {
  readonly userId: string;
  /** The linked account, else the only account with the user's e-mail. */
  readonly accountId: string | null;
  /** False when only the e-mail matches. */
  readonly linked?: boolean;
  /** Whether the target lists that account as active. */
  readonly active: boolean;
  /** How the link was made; null or absent: there is none. */
  readonly linkOrigin?: LinkOrigin | null;
  /** The address that the IdP gives the user. */
  readonly email?: string | null;
}

export interface DesiredGroup {
  readonly id: string;
  /** A connection has pushed the group. Nothing is ever done about one that nobody has. */
  readonly owned: boolean;
  /** Not deleted. */
  readonly wanted: boolean;
  readonly name: string;
  /** The target's group that this group is linked to. */
  readonly targetGroupId: string | null;
  /** As for a user. */
  readonly shown?: boolean;
  /** Members who are wanted in the workspace. */
  readonly members: readonly DesiredMember[];
  /** Another wanted group of a connection that has the same name or the same link. */
  readonly conflictingGroup: { readonly displayName: string } | null;
}
