/** A pushed group. Its members are a set of users, stored as rows and never in the document. */
export interface GroupDraft {
  /** Unique within a workspace without regard to case, stored as it was sent, and matched exactly on Mode. */
  readonly displayName: string;
  readonly externalId: string | null;
  /** Everything as sent and patched, without `members`, as the text of a JSON object. */
  readonly document: string;
}

export interface Group extends GroupDraft {
  readonly id: string;
  readonly workspace: string;
  readonly ownerId: string | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A user in a group, with the display name. */
export interface Member {
  readonly userId: string;
  readonly display: string;
}

/** A change of the members, as ids of users. Each id occurs at most once. */
export type MemberChange =
  | { readonly kind: 'replace'; readonly members: readonly string[] }
  | { readonly kind: 'delta'; readonly add: readonly string[]; readonly remove: readonly string[] };
