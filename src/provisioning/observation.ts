/**
 * What a read of Mode, or an answer to one of our writes, adds to what the bridge knows; written in one piece.
 */
import type { ChangeDraft } from '../directory/change.ts';
import type { Subject } from '../directory/subject.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from './observed.ts';

/** The name under which a member's row is kept: the account, or the e-mail while only an invite is known. */
export function memberKey(member: Pick<ObservedMember, 'memberToken' | 'email'>): string {
  return member.memberToken ?? `email:${(member.email ?? '').toLowerCase()}`;
}

/** What makes a subject due again. `verifying`: only to look, not because something is to be done. */
export interface Wake {
  readonly subject: Subject;
  readonly verifying: boolean;
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
    readonly remove: readonly Pick<ObservedGroupMember, 'groupToken' | 'memberToken'>[];
  };
  /** Lists that were read in full, from that instant on; a group token stands for that group's members. */
  readonly read?: readonly ('members' | 'groups' | { readonly groupToken: string })[];
  /** Which Mode account or group a subject is; null takes the link away. */
  readonly links?: readonly { readonly subject: Subject; readonly token: string | null }[];
  readonly changes?: readonly ChangeDraft[];
  readonly wake?: readonly Wake[];
}
