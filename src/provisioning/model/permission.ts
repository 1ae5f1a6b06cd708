/** Permissions on collections and data sources. They are read for the feed and never written. */

export const RESOURCE_KINDS = ['collection', 'data_source'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export interface ObservedResource {
  readonly token: string;
  readonly name: string;
  /**
   * The permission of everybody in the workspace, in the target's words; null when there is none or the target does not
   * say.
   */
  readonly defaultAccess: string | null;
}

/** One action on one resource, given to a person or to a group. */
export interface ObservedPermission {
  /** The token of the resource. */
  readonly resourceToken: string;
  /** The target's word, such as `view`. */
  readonly action: string;
  readonly accessor: Accessor;
}

/** The target's token of the account or group that has the permission. */
export interface Accessor {
  readonly kind: 'account' | 'group';
  readonly token: string;
}

/** All resources of one kind, with their permissions. */
export interface Permissions {
  readonly resources: readonly ObservedResource[];
  readonly permissions: readonly ObservedPermission[];
}

export interface ReadPermissions extends Permissions {
  /** Tokens of resources whose permissions could not be read. Their known permissions stay. */
  readonly unread: ReadonlySet<string>;
  /** Rows in an unknown form. Their resources are among the unread. */
  readonly notUnderstood: number;
}

/** The unique key of a permission. */
export function permissionKey({ resourceToken, action, accessor }: ObservedPermission): string {
  return JSON.stringify([resourceToken, action, accessor.kind, accessor.token]);
}
