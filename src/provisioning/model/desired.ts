/** What the directory wants of one subject, with what is needed to find it on the target. */
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
  /** The link was made only to show the IdP what the target has: nobody has taken the account over yet. */
  readonly shown?: boolean;
}

export interface DesiredMember {
  readonly userId: string;
  /** The linked account, else the one that alone has the user's e-mail. */
  readonly accountId: string | null;
  /** False when it is found by the e-mail only. */
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
  /** As of a user. */
  readonly shown?: boolean;
  /** Members whose users are wanted. */
  readonly members: readonly DesiredMember[];
  /** Another owned and wanted group of the workspace that has the same name or the same link. */
  readonly conflictingGroup: { readonly displayName: string } | null;
}
