/**
 * Splits a PATCH of a group into what it does to the document and what it does to the member set, without looking at
 * the members there are: the operations are folded, in order, into people to add and to take out.
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
  /** What the value says of the group itself; of an object under the core schema's URN, too. */
  const withoutMembers = (value: Attributes, op: PatchOperation['op']): Attributes => {
    const rest: Record<string, Json> = {};
    for (const [key, inner] of Object.entries(value)) {
      const at = parseKey(groupSchema, key, inner, []);
      if (at === undefined) continue;
      if (isMembers(at)) applyToMembers(fold, at, op, inner);
      else rest[key] = isCore(at) && isObject(inner) ? withoutMembers(inner, op) : inner;
    }
    return rest;
  };
  for (const operation of operations) {
    const { op, path, value } = operation;
    const at = path === undefined ? undefined : pathOf(path);
    if (at !== undefined && isMembers(at)) applyToMembers(fold, at, op, value);
    else if ((path === undefined || (at !== undefined && isCore(at))) && isObject(value)) {
      head.push({ ...operation, value: withoutMembers(value, op) });
    } else head.push(operation);
  }
  return { head, members: fold.result() };
}

/** @returns undefined for a path that is none; the document may have a key like that */
function pathOf(path: string): AttributePath | undefined {
  try {
    return parseAttributePath(groupSchema, path);
  } catch (error) {
    if (error instanceof BridgeError) return undefined;
    throw error;
  }
}

/** The core schema as a whole. */
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
    throw new BridgeError('mutability', 'Members are added and removed as a whole, not by their parts.');
  }
  if (filter !== null) {
    const ids = filteredIds(filter);
    const given = value === undefined || value === null ? undefined : readMemberIds(value);
    if (op === 'remove' || given !== undefined) fold.remove(ids);
    if (op !== 'remove') fold.add(given ?? ids);
    return;
  }
  // Null, nothing and an empty list are the same (RFC 7643 section 2.5).
  if (value === undefined || value === null) {
    if (op !== 'add') fold.replace([]);
    return;
  }
  const ids = readMemberIds(value);
  if (op === 'remove') fold.remove(ids);
  else if (op === 'add') fold.add(ids);
  else fold.replace(ids);
}

/** `members[value eq "x"]`, and several of them with `or`. */
function filteredIds(filter: string): readonly string[] {
  const ids = namedIds(parseFilter(filter));
  if (ids !== undefined) return ids;
  throw new BridgeError('invalid_filter', 'Members are found by value: members[value eq "<id of a user>"].');
}

function namedIds(filter: Filter): readonly string[] | undefined {
  if (filter.op === 'or') {
    const parts = filter.filters.map(namedIds);
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  if (filter.op === 'and') {
    // What else is said of the member does not change who it is.
    const [ids, ...more] = filter.filters.map(namedIds).filter((part) => part !== undefined);
    const known = filter.filters.every((part) => namedIds(part) !== undefined || saysWhatIsKnown(part));
    return known && more.length === 0 ? ids : undefined;
  }
  return filter.op === 'eq' && filter.path.toLowerCase() === 'value' ? [filter.literal.text] : undefined;
}

function saysWhatIsKnown(filter: Filter): boolean {
  return filter.op === 'eq' && ['type', '$ref', 'display'].includes(filter.path.toLowerCase());
}

interface Fold {
  add(ids: readonly string[]): void;
  remove(ids: readonly string[]): void;
  replace(ids: readonly string[]): void;
  result(): MemberChange | undefined;
}

/** Later operations win over earlier ones about the same person. */
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
