/** What a read of the target, or the answer to a write, adds to the observed state. It is stored in one transaction. */
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { InviteEvent } from '../invite/invite.ts';
import type { LinkOrigin } from '../ports/link-store.ts';
import type { MergedActivity } from '../observe/merge-activity.ts';
import type { MergedPermissions } from '../observe/merge-permissions.ts';
import type { ResourceKind } from './permission.ts';
import { foldAddress } from './fold-address.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember, ReadHow } from './observed.ts';

/** The key of a member's row: the account, or the e-mail while only an invite is known. */
export function memberKey(member: Pick<ObservedMember, 'accountId' | 'email'>): string {
  return member.accountId ?? `email:${foldAddress(member.email ?? '')}`;
}

/** A request for a job of a subject. `verifying`: only a read-back, because no work is known. */
export interface JobRequest {
  readonly subject: Subject;
  readonly verifying: boolean;
}

export interface ReadList {
  /** A group token stands for that group's members. */
  readonly list: 'members' | 'groups' | { readonly targetGroupId: string };
  /** When the read began. Later writes may be missing from it. */
  readonly since: number;
  readonly how: ReadHow;
  /** What the bridge removed and this list still shows. */
  readonly behind: readonly string[];
}

export interface Observation {
  readonly workspace: string;
  readonly at: number;
  readonly members?: {
    readonly upsert: readonly ObservedMember[];
    /** Keys from `memberKey`. */
    readonly remove: readonly string[];
  };
  readonly groups?: { readonly upsert: readonly ObservedGroup[]; readonly remove: readonly string[] };
  readonly groupMembers?: {
    readonly upsert: readonly ObservedGroupMember[];
    /** All rows of that account in that group. */
    readonly remove: readonly Pick<ObservedGroupMember, 'targetGroupId' | 'accountId'>[];
  };
  /** Groups and group members that the bridge removed, and that the next read may still show. */
  readonly removed?: {
    readonly groups?: readonly string[];
    readonly groupMembers?: readonly Pick<ObservedGroupMember, 'targetGroupId' | 'accountId'>[];
  };
  /** Resources of one kind, and what they allow. */
  readonly permissions?: MergedPermissions & { readonly kind: ResourceKind };
  readonly activity?: MergedActivity;
  /** A list that was read in full. It has shown all its rows, except those that only the bridge wrote. */
  readonly read?: ReadList;
  /** Groups whose known members match the count that the target lists. */
  readonly settled?: readonly { readonly targetGroupId: string; readonly memberCount: number | null }[];
  /** The account or group of the target of a subject; null removes the link. */
  readonly links?: readonly {
    readonly subject: Subject;
    readonly token: string | null;
    /** `auto` when absent. `shown`: made only to show the IdP what the target has; the first push may take it over. */
    readonly origin?: LinkOrigin | 'shown';
  }[];
  /** Subjects whose link was made only to show what the target has, and that a live connection has taken over now. */
  readonly adopted?: readonly Subject[];
  readonly invites?: readonly InviteEvent[];
  /** Users whose removal the target accepted. The account may be unknown when there was only an invite. */
  readonly leavers?: readonly { readonly userId: string; readonly account: string | null }[];
  /** Removals that the target has accepted. The same removal later is counted again. */
  readonly accepted?: { readonly subject: Subject; readonly keys: readonly string[] };
  readonly changes?: readonly ChangeDraft[];
  readonly enqueue?: readonly JobRequest[];
}
