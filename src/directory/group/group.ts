/** A pushed group. Its members are a set of users, kept as rows and never as a document. */
export interface GroupDraft {
  /** Unique within a workspace without regard to case; kept as it was sent, and matched exactly on Mode. */
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

/** A user in a group, with the name to show. */
export interface Member {
  readonly userId: string;
  readonly display: string;
}

/** What a write does to the member set; ids of users, each at most once. */
export type MemberChange =
  | { readonly kind: 'replace'; readonly members: readonly string[] }
  | { readonly kind: 'delta'; readonly add: readonly string[]; readonly remove: readonly string[] };
