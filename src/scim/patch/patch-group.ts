/**
 * Splits a PATCH of a group into what it does to the document and what it does to the member set, without looking at
 * the members there are: the operations are folded, in order, into people to add and to take out.
 */
import type { Attributes, Json } from '../../directory/attributes.ts';
import type { MemberChange } from '../../directory/group.ts';
import { BridgeError } from '../../errors.ts';
import { isIgnored } from '../codec/normalize-document.ts';
import { readMemberIds } from '../codec/read-group.ts';
import { parseFilter, type Filter } from '../filter/parse-filter.ts';
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
  for (const operation of operations) {
    const { op, path, value } = operation;
    if (path !== undefined) {
      const at = parseAttributePath(groupSchema, path);
      if (isMembers(at)) applyToMembers(fold, at, op, value);
      else head.push(operation);
      continue;
    }
    const rest: Record<string, Json> = {};
    for (const [key, inner] of Object.entries(value as Attributes)) {
      const at = isIgnored(key) ? undefined : parseAttributePath(groupSchema, key);
      if (at === undefined || !isMembers(at)) rest[key] = inner;
      else if (inner !== null) applyToMembers(fold, at, op, inner);
    }
    head.push({ ...operation, value: rest });
  }
  return { head, members: fold.result() };
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
  if (value === undefined || value === null) {
    if (op !== 'remove') throw new BridgeError('invalid_value', 'The operation on "members" has no "value".');
    fold.replace([]);
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

function isMembers({ extension, attribute }: AttributePath): boolean {
  return extension === null && attribute?.toLowerCase() === 'members';
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
