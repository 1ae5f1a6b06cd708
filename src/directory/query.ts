/** The query of a list of users or groups. The store turns it into SQL with bound values. */

export type Column =
  'id' | 'externalId' | 'userName' | 'displayName' | 'active' | 'created' | 'lastModified' | 'version';

const NUMBERS: ReadonlySet<Column> = new Set(['active', 'created', 'lastModified', 'version']);

/** Whether the column sorts as a number. */
export function isNumber(column: Column): boolean {
  return NUMBERS.has(column);
}

export type Field =
  /** `created` and `lastModified` are compared with milliseconds, `active` with a boolean, the others with text. */
  | { readonly kind: 'column'; readonly name: Column }
  /** A simple attribute, by its path in the document or in the current element. Compared as text. */
  | { readonly kind: 'path'; readonly path: readonly string[]; readonly exact: boolean }
  /** The id or the name of a group's member, or of a user's group. */
  | { readonly kind: 'related'; readonly name: 'value' | 'display' };

/** A list of elements: in the document, the members of a group, or the groups of a user. */
export type List =
  { readonly kind: 'path'; readonly path: readonly string[] } | { readonly kind: 'members' | 'groups' };

export type Comparator = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A condition is true or false, never unknown: a comparison with a missing value is false, and `not` of it is true. */
export type Condition =
  | { readonly op: 'always' | 'never' }
  | { readonly op: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly op: 'not'; readonly condition: Condition }
  | {
      readonly op: Comparator;
      readonly field: Field;
      readonly value: string | number | boolean;
    }
  /** Neither missing nor empty. */
  | { readonly op: 'present'; readonly field: Field }
  /** One element has all of it. */
  | { readonly op: 'some'; readonly list: List; readonly condition: Condition };

export interface Sort {
  /** A list is sorted by its primary element, else by its first. */
  readonly field:
    Field | { readonly kind: 'primary'; readonly path: readonly string[]; readonly part: string };
  readonly descending: boolean;
}

/** The position of a resource in the order of a list. The next page starts after it. */
export interface Position {
  /** The sort key; null for a resource without one, or if the list is sorted by creation only. */
  readonly key: string | number | null;
  readonly createdAt: number;
  readonly id: string;
}

export interface ListQuery {
  readonly where?: Condition | undefined;
  /** Undefined: by creation. Resources with the same key are in the order of creation. */
  readonly sort?: Sort | undefined;
  /** Zero-based. Not used together with `after`. */
  readonly offset?: number;
  readonly after?: Position | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The number of all matches, not only of those on this page. */
  readonly total: number;
  /** The end of the page; undefined on the last page. */
  readonly end: Position | undefined;
}
