/** What a dry run looks at: the whole workspace at one moment, as the store knows it. */
import type { Invite } from '../invite/invite.ts';
import type { MatchUser } from '../matching/matching.ts';
import type { Profile } from '../model/profile.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';

export interface DryRunUser extends MatchUser, Profile {
  /** Null for a member of the target that nobody has pushed. */
  readonly connectionId: string | null;
  readonly admin: boolean | null;
  /** The link was made only to show the IdP what the target has. */
  readonly shown: boolean;
  /** Whether a job waits for the user. */
  readonly hasJob: boolean;
}

export interface DryRunPeople {
  /** Everybody, of every connection; deleted users too, for their accounts. */
  readonly users: readonly DryRunUser[];
  readonly members: readonly ObservedMember[];
  /** The newest of each address, by the folded address; those that were withdrawn are left out. */
  readonly invites: ReadonlyMap<string, Invite>;
}

export interface DryRunGroup {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  /** The form in which names are compared. */
  readonly nameKey: string;
  /** Not deleted. */
  readonly wanted: boolean;
  /** Of the target's group that the group is linked to. */
  readonly targetGroupId: string | null;
  /** The link was made only to show the IdP what the target has. */
  readonly shown: boolean;
  readonly refused: ReadonlySet<string>;
  readonly hasJob: boolean;
}

export interface DryRunGroups {
  /** Every pushed group of the workspace. */
  readonly groups: readonly DryRunGroup[];
  readonly onTarget: readonly ObservedGroup[];
}

/** Members of some groups. */
export interface DryRunMembers {
  /** Ids of users who are active and not deleted, by the id of the group. */
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  /** By token of the target's group. */
  readonly observed: ReadonlyMap<string, readonly ObservedGroupMember[]>;
  /** Tokens of groups whose members must be read again before anything is done. */
  readonly unread: ReadonlySet<string>;
}
