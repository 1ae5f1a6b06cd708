/**
 * Splits a PATCH of a group into changes of the document and changes of the member set. It does not read the present
 * members: it folds the operations, in order, into users to add and users to remove.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { MemberChange } from '../../directory/group/group.ts';
import { BridgeError } from '../../errors.ts';
import { isMembers, readMemberIds } from '../codec/read-group.ts';
import { parseFilter, type Filter } from '../filter/parse-filter.ts';
import { parseKey } from '../schema/attribute-key.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import { groupSchema } from '../schema/resource-schema.ts';
import type { PatchOperation } from './parse-patch.ts';

export interface GroupPatch {
  /** Operations on the document. */
  readonly head: readonly PatchOperation[];
  readonly members: MemberChange | undefined;
}

/** @throws BridgeError invalid_path, invalid_filter, invalid_value */
export function patchGroup(operations: readonly PatchOperation[]): GroupPatch {
  const head: PatchOperation[] = [];
  const fold = createFold();
  /** The attributes of the value except members. An object under the core schema's URN is handled the same way. */
  const withoutMembers = (value: Attributes, op: PatchOperation['op']): Attributes => {
    const rest: Record<string, Json> = {};
    for (const [key, inner] of Object.entries(value)) {
      const path = parseKey(groupSchema, key, inner, []);
      if (path === undefined) continue;
      if (isMembers(path)) applyToMembers(fold, path, op, inner);
      else rest[key] = isCore(path) && isObject(inner) ? withoutMembers(inner, op) : inner;
    }
    return rest;
  };
  for (const operation of operations) {
    const { op, path: text, value } = operation;
    const path = text === undefined ? undefined : pathOf(text);
    if (path !== undefined && isMembers(path)) applyToMembers(fold, path, op, value);
    else if ((text === undefined || (path !== undefined && isCore(path))) && isObject(value)) {
      head.push({ ...operation, value: withoutMembers(value, op) });
    } else head.push(operation);
  }
  return { head, members: fold.result() };
}

/** @returns undefined for an invalid path; the document may still have it as a key */
function pathOf(path: string): AttributePath | undefined {
  try {
    return parseAttributePath(groupSchema, path);
  } catch (error) {
    if (error instanceof BridgeError) return undefined;
    throw error;
  }
}

/** Whether the path is the core schema as a whole. */
function isCore({ extension, attribute }: AttributePath): boolean {
  return extension === null && attribute === null;
}

function applyToMembers(
  fold: Fold,
  { filter, part }: AttributePath,
  op: PatchOperation['op'],
  value: Json | undefined,
): void {
  if (part !== null) {
    throw new BridgeError(
      'mutability',
      'Only whole members can be added and removed: their sub-attributes cannot be changed.',
    );
  }
  if (filter !== null) {
    const ids = filteredIds(filter);
    if (op !== 'add') fold.remove(ids);
    // Some clients add a member with the filter alone.
    if (op === 'add' && value === undefined) fold.add(ids);
    else if (op !== 'remove') fold.add(readMemberIds(value ?? []));
    return;
  }
  // Null, no value and an empty list are the same (RFC 7643 section 2.5).
  if (value === undefined || value === null) {
    if (op !== 'add') fold.replace([]);
    return;
  }
  const ids = readMemberIds(value);
  if (op === 'remove') fold.remove(ids);
  else if (op === 'add') fold.add(ids);
  else fold.replace(ids);
}

/** Reads `members[value eq "x"]`, also with several values joined with `or`. */
function filteredIds(filter: string): readonly string[] {
  const ids = namedIds(parseFilter(filter));
  if (ids !== undefined) return ids;
  throw new BridgeError(
    'invalid_filter',
    'Members can only be selected by value: members[value eq "<user id>"].',
  );
}

function namedIds(filter: Filter): readonly string[] | undefined {
  if (filter.op === 'or') {
    const parts = filter.filters.map(namedIds);
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  if (filter.op === 'and') {
    // Other attributes of the member do not change which user it is.
    const [ids, ...more] = filter.filters.map(namedIds).filter((part) => part !== undefined);
    const known = filter.filters.every((part) => namedIds(part) !== undefined || isRedundant(part));
    return known && more.length === 0 ? ids : undefined;
  }
  return filter.op === 'eq' && filter.path.toLowerCase() === 'value' ? [filter.literal.text] : undefined;
}

/** Whether the filter compares an attribute that follows from the id. */
function isRedundant(filter: Filter): boolean {
  return filter.op === 'eq' && ['type', '$ref', 'display'].includes(filter.path.toLowerCase());
}

interface Fold {
  add(ids: readonly string[]): void;
  remove(ids: readonly string[]): void;
  replace(ids: readonly string[]): void;
  result(): MemberChange | undefined;
}

/** Collects changes of members. A later operation on the same user wins. */
function createFold(): Fold {
  let all: Set<string> | undefined;
  const added = new Set<string>();
  const removed = new Set<string>();
  return {
    add: (ids) => {
      for (const id of ids) {
        all?.add(id);
        added.add(id);
        removed.delete(id);
      }
    },
    remove: (ids) => {
      for (const id of ids) {
        all?.delete(id);
        removed.add(id);
        added.delete(id);
      }
    },
    replace: (ids) => {
      all = new Set(ids);
    },
    result: () => {
      if (all !== undefined) return { kind: 'replace', members: [...all] };
      if (added.size === 0 && removed.size === 0) return undefined;
      return { kind: 'delta', add: [...added], remove: [...removed] };
    },
  };
}
