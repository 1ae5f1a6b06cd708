/** What a list of users or groups may be asked for. A store turns it into SQL with bound values. */

/** A column that both engines index, an e-mail, a member, or a simple attribute inside the document. */
export type Field =
  | { readonly kind: 'column'; readonly name: 'id' | 'userName' | 'displayName' | 'externalId' | 'active' }
  /** Any e-mail's value; of the given type, or with the given primary flag, when named. Compared without case. */
  | { readonly kind: 'email'; readonly type?: string; readonly primary?: boolean }
  /** The id of a member (groups only). */
  | { readonly kind: 'member' }
  /** A simple attribute by its path in the document, e.g. `['name', 'familyName']`. Compared without case. */
  | { readonly kind: 'path'; readonly path: readonly string[] };

export type Condition =
  | { readonly op: 'and'; readonly conditions: readonly Condition[] }
  | { readonly op: 'eq'; readonly field: Field; readonly value: string | number | boolean | null }
  /** Matches nothing. */
  | { readonly op: 'never' };

export interface ListQuery {
  readonly where?: Condition;
  /** Zero-based. */
  readonly offset: number;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** How many match in all, not only on this page. */
  readonly total: number;
}
