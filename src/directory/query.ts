/** What a list of users or groups may be asked for. A store turns it into SQL with bound values. */

export type Column =
  'id' | 'externalId' | 'userName' | 'displayName' | 'active' | 'created' | 'lastModified' | 'version';

const NUMBERS: ReadonlySet<Column> = new Set(['active', 'created', 'lastModified', 'version']);

/** Whether a list that is sorted by the column is in the order of numbers. */
export function isNumber(column: Column): boolean {
  return NUMBERS.has(column);
}

export type Field =
  /** `created` and `lastModified` compare with milliseconds, `active` with a boolean, the others with text. */
  | { readonly kind: 'column'; readonly name: Column }
  /** A simple attribute by its path in the document, or in the element that is looked at. Compared as text. */
  | { readonly kind: 'path'; readonly path: readonly string[]; readonly exact: boolean }
  /** Of a group's member, or of a user's group: the id and the name. */
  | { readonly kind: 'related'; readonly name: 'value' | 'display' };

/** Something with elements: a list in the document, the members of a group, the groups of a user. */
export type List =
  { readonly kind: 'path'; readonly path: readonly string[] } | { readonly kind: 'members' | 'groups' };

export type Comparator = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A condition is true or false, never unknown: what is not there compares as false, and `not` turns that round. */
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
  /** A list sorts by its primary element, else its first. */
  readonly field:
    Field | { readonly kind: 'primary'; readonly path: readonly string[]; readonly part: string };
  readonly descending: boolean;
}

/** The place of a resource in an order: what comes after it is the next page. */
export interface Position {
  /** What it is sorted by; null for a resource without it, or where nothing but the creation sorts. */
  readonly key: string | number | null;
  readonly createdAt: number;
  readonly id: string;
}

export interface ListQuery {
  readonly where?: Condition | undefined;
  /** Undefined: by creation. Resources of the same key are in the order of their creation. */
  readonly sort?: Sort | undefined;
  /** Zero-based; not together with `after`. */
  readonly offset?: number;
  readonly after?: Position | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** How many match in all, not only on this page. */
  readonly total: number;
  /** Where the page ends; undefined when nothing comes after it. */
  readonly end: Position | undefined;
}
