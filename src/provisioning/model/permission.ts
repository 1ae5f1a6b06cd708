/** Who may do what with collections and data sources. It is read for the feed and never written. */

export const RESOURCE_KINDS = ['collection', 'data_source'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export interface ObservedResource {
  readonly token: string;
  readonly name: string;
  /** What everybody in the workspace may do with it, in the target's word; null: nothing, or the target does not say. */
  readonly defaultAccess: string | null;
}

/** One action on one resource, given to a person or to a group. */
export interface ObservedPermission {
  /** Of the resource. */
  readonly resourceToken: string;
  /** The target's word, such as `view`. */
  readonly action: string;
  readonly accessor: Accessor;
}

/** Whose permission it is, by the target's token of the account or group. */
export interface Accessor {
  readonly kind: 'account' | 'group';
  readonly token: string;
}

/** All resources of one kind, with what they allow. */
export interface Permissions {
  readonly resources: readonly ObservedResource[];
  readonly permissions: readonly ObservedPermission[];
}

export interface ReadPermissions extends Permissions {
  /** Tokens of resources whose permissions could not be read: what was known of those stays. */
  readonly unread: ReadonlySet<string>;
  /** Rows that do not say who may do what in a form that is known; their resources are among the unread. */
  readonly notUnderstood: number;
}

/** The name under which a permission is kept: no two have the same. */
export function permissionKey({ resourceToken, action, accessor }: ObservedPermission): string {
  return JSON.stringify([resourceToken, action, accessor.kind, accessor.token]);
}
