/** Merges a read of resources and their permissions into the observed state. Pure. */
import {
  permissionKey,
  type ObservedPermission,
  type ObservedResource,
  type Permissions,
  type ReadPermissions,
} from '../model/permission.ts';
import { isShort, ShortReadError } from './short-read.ts';

export interface MergedPermissions {
  /** New and changed resources. */
  readonly upsert: readonly ObservedResource[];
  /** Tokens of resources that are gone. Their permissions are in `revoked`. */
  readonly remove: readonly string[];
  readonly granted: readonly ObservedPermission[];
  readonly revoked: readonly ObservedPermission[];
}

/**
 * @param believeShort accept an empty or short read as complete, because the target repeats it
 * @throws ShortReadError
 */
export function mergePermissions(
  previous: Permissions,
  read: ReadPermissions,
  believeShort = false,
): MergedPermissions {
  const known = new Map(previous.resources.map((resource) => [resource.token, resource]));
  const listed = new Set(read.resources.map((resource) => resource.token));
  const held = new Map(previous.permissions.map((one) => [permissionKey(one), one]));
  const seen = new Map(read.permissions.map((one) => [permissionKey(one), one]));
  const remove = [...known.keys()].filter((token) => !listed.has(token));
  const revoked = [...held].flatMap(([key, one]) =>
    seen.has(key) || read.unread.has(one.resourceToken) ? [] : [one],
  );
  if (!believeShort) {
    assertWhole('resources', previous.resources.length, read.resources.length, remove.length);
    assertWhole('permissions', held.size, seen.size, revoked.length);
  }
  return {
    upsert: read.resources.filter((resource) => !isSame(known.get(resource.token), resource)),
    remove,
    granted: [...seen].flatMap(([key, one]) => (held.has(key) ? [] : [one])),
    revoked,
  };
}

function assertWhole(what: string, known: number, read: number, lost: number): void {
  if (lost === 0 || (read > 0 && !isShort(known, lost))) return;
  throw new ShortReadError(`The target's lists lack ${lost} of ${known} ${what}, so the list is ignored.`);
}

function isSame(before: ObservedResource | undefined, after: ObservedResource): boolean {
  return before?.name === after.name && before.defaultAccess === after.defaultAccess;
}
