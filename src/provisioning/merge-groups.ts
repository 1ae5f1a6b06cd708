/** Puts full reads of Mode's groups and of one group's members together with what the bridge knew: pure. */
import { READ_LAG_MS } from './merge-members.ts';
import type { ObservedGroup, ObservedGroupMember } from './observed.ts';

export interface MergedGroups {
  readonly upsert: readonly ObservedGroup[];
  /** Tokens of groups that are gone. */
  readonly remove: readonly string[];
  /** Groups that are new or named differently. */
  readonly changed: readonly ObservedGroup[];
}

/** What we created or renamed ourselves stands for a minute against a read that says the older thing. */
export function mergeGroups(
  previous: readonly ObservedGroup[],
  read: readonly ObservedGroup[],
  now: number,
): MergedGroups {
  const known = new Map(previous.map((group) => [group.token, group]));
  const listed = new Set(read.map((group) => group.token));
  const upsert: ObservedGroup[] = [];
  const changed: ObservedGroup[] = [];
  for (const row of read) {
    const before = known.get(row.token);
    const keepsName = before !== undefined && stands(before, now) && before.name !== row.name;
    const after = keepsName ? { ...row, name: before.name, writtenAt: before.writtenAt } : row;
    if (before?.name !== after.name) changed.push(after);
    if (
      before?.name !== after.name ||
      before.writable !== after.writable ||
      before.writtenAt !== after.writtenAt
    ) {
      upsert.push(after);
    }
  }
  const remove = previous
    .filter((group) => !listed.has(group.token) && !stands(group, now))
    .map((group) => group.token);
  return { upsert, remove, changed };
}

export interface MergedGroupMembers {
  /** The rows that the group has now; what was there before goes. */
  readonly rows: readonly ObservedGroupMember[];
  /** Accounts that came and went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Members that we added ourselves stand for a minute against a read that does not show them yet. */
export function mergeGroupMembers(
  previous: readonly ObservedGroupMember[],
  read: readonly ObservedGroupMember[],
  now: number,
): MergedGroupMembers {
  const listed = new Set(read.map((row) => row.memberToken));
  const before = new Set(previous.map((row) => row.memberToken));
  const unconfirmed = previous.filter((row) => !listed.has(row.memberToken) && stands(row, now));
  const rows = [...read, ...unconfirmed];
  const after = new Set(rows.map((row) => row.memberToken));
  return {
    rows,
    added: [...after].filter((token) => !before.has(token)),
    removed: [...before].filter((token) => !after.has(token)),
  };
}

function stands({ writtenAt }: { readonly writtenAt: number | null }, now: number): boolean {
  return writtenAt !== null && now - writtenAt < READ_LAG_MS;
}
