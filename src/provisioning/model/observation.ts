/**
 * What a read of the target, or an answer to one of our writes, adds to what the bridge knows; written in one piece.
 */
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { InviteEvent } from '../invite/invite.ts';
import type { LinkOrigin } from '../ports/link-store.ts';
import type { MergedActivity } from '../observe/merge-activity.ts';
import type { MergedPermissions } from '../observe/merge-permissions.ts';
import type { ResourceKind } from './permission.ts';
import { foldAddress } from './fold-address.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember, ReadHow } from './observed.ts';

/** The name under which a member's row is kept: the account, or the e-mail while only an invite is known. */
export function memberKey(member: Pick<ObservedMember, 'accountId' | 'email'>): string {
  return member.accountId ?? `email:${foldAddress(member.email ?? '')}`;
}

/** Asks for a job for a subject. `verifying`: only to look at the target, because nothing is known to be missing. */
export interface JobRequest {
  readonly subject: Subject;
  readonly verifying: boolean;
}

export interface ReadList {
  /** A group token stands for that group's members. */
  readonly list: 'members' | 'groups' | { readonly targetGroupId: string };
  /** When the reading began: what was written later may not be in it. */
  readonly since: number;
  readonly how: ReadHow;
  /** What we took away and this list still shows. */
  readonly behind: readonly string[];
}

export interface Observation {
  readonly workspace: string;
  readonly at: number;
  readonly members?: {
    readonly upsert: readonly ObservedMember[];
    /** Keys as of `memberKey`. */
    readonly remove: readonly string[];
  };
  readonly groups?: { readonly upsert: readonly ObservedGroup[]; readonly remove: readonly string[] };
  readonly groupMembers?: {
    readonly upsert: readonly ObservedGroupMember[];
    /** All rows of that account in that group. */
    readonly remove: readonly Pick<ObservedGroupMember, 'targetGroupId' | 'accountId'>[];
  };
  /** Groups and group members that we took away, which the next read may still show. */
  readonly removed?: {
    readonly groups?: readonly string[];
    readonly groupMembers?: readonly Pick<ObservedGroupMember, 'targetGroupId' | 'accountId'>[];
  };
  /** Resources of one kind, and what they allow. */
  readonly permissions?: MergedPermissions & { readonly kind: ResourceKind };
  readonly activity?: MergedActivity;
  /** A list that was read in full; rows of it that are not marked as ours were seen by it. */
  readonly read?: ReadList;
  /** Groups whose members, as known, go with the count that the target lists. */
  readonly settled?: readonly { readonly targetGroupId: string; readonly memberCount: number | null }[];
  /** Which account or group of the target a subject is; null takes the link away. */
  readonly links?: readonly {
    readonly subject: Subject;
    readonly token: string | null;
    /** `auto` when absent. `shown`: made only to show the IdP what the target has; the first push may take it over. */
    readonly origin?: LinkOrigin | 'shown';
  }[];
  /** Subjects whose link was made only to show what the target has, and that a live connection has taken over now. */
  readonly adopted?: readonly Subject[];
  readonly invites?: readonly InviteEvent[];
  /** Users whose account the target accepted to remove; of account only an invite may be known. */
  readonly leavers?: readonly { readonly userId: string; readonly account: string | null }[];
  /** Removals that the target has accepted: what comes after them is counted again. */
  readonly accepted?: { readonly subject: Subject; readonly keys: readonly string[] };
  readonly changes?: readonly ChangeDraft[];
  readonly enqueue?: readonly JobRequest[];
}
