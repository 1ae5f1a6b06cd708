/** Merges full reads of the target's groups, and of one group's members, into the observed state. Pure. */
import { READ_LAG_MS } from './merge-members.ts';
import type { ObservedGroup, ObservedGroupMember } from '../model/observed.ts';
import { isShort, ShortReadError } from './short-read.ts';

/** When the bridge removed something, by token. A lagging read may still show it. */
type TakenAway = ReadonlyMap<string, { readonly writtenAt: number }>;
const NOTHING: TakenAway = new Map();

export interface MergedGroups {
  readonly upsert: readonly ObservedGroup[];
  /** Tokens of groups that are gone. */
  readonly remove: readonly string[];
  /** New groups, and groups with a new name. */
  readonly changed: readonly ObservedGroup[];
  /** Tokens of groups that the bridge deleted and that are still listed. */
  readonly behind: readonly string[];
}

/**
 * For one minute, what the bridge created, renamed or deleted takes precedence over a read with the old state. @param
 * believeShort accept an empty or short read as complete, because the target repeats it
 * @throws ShortReadError
 */
export function mergeGroups(
  previous: readonly ObservedGroup[],
  read: readonly ObservedGroup[],
  now: number,
  takenAway: TakenAway = NOTHING,
  believeShort = false,
): MergedGroups {
  const known = new Map(previous.map((group) => [group.token, group]));
  const listed = new Set(read.map((group) => group.token));
  const gone = previous.filter((group) => !listed.has(group.token) && !stands(group, now));
  if (!believeShort && gone.length > 0 && (read.length === 0 || isShort(previous.length, gone.length))) {
    throw new ShortReadError(
      `The target's list lacks ${gone.length} of ${previous.length} groups, so the list is ignored.`,
    );
  }
  const behind: string[] = [];
  const upsert: ObservedGroup[] = [];
  const changed: ObservedGroup[] = [];
  for (const row of read) {
    if (standsRemoved(takenAway, row.token, now)) {
      behind.push(row.token);
      continue;
    }
    const before = known.get(row.token);
    const keepsName = before !== undefined && stands(before, now) && before.name !== row.name;
    const after = keepsName ? { ...row, name: before.name, writtenAt: before.writtenAt } : row;
    if (before?.name !== after.name) changed.push(after);
    if (
      before?.name !== after.name ||
      before.writable !== after.writable ||
      before.memberCount !== after.memberCount ||
      before.writtenAt !== after.writtenAt
    ) {
      upsert.push(after);
    }
  }
  return { upsert, remove: gone.map((group) => group.token), changed, behind };
}

export interface MergedGroupMembers {
  /** The rows of the group now. They replace all previous ones. */
  readonly rows: readonly ObservedGroupMember[];
  /** Accounts that joined or left. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Accounts that the bridge removed and that are still listed. */
  readonly behind: readonly string[];
  /** The read is empty or lacks most of the previous members, so it may be incomplete. */
  readonly short: boolean;
}

/** For one minute, the bridge's changes of members take precedence over a read that does not show them yet. */
export function mergeGroupMembers(
  previous: readonly ObservedGroupMember[],
  shown: readonly ObservedGroupMember[],
  now: number,
  takenAway: TakenAway = NOTHING,
): MergedGroupMembers {
  const removedByUs = (row: ObservedGroupMember) => standsRemoved(takenAway, row.accountId, now);
  const read = shown.filter((row) => !removedByUs(row));
  const listed = new Set(read.map((row) => row.accountId));
  const before = new Set(previous.map((row) => row.accountId));
  const unconfirmed = previous.filter((row) => !listed.has(row.accountId) && stands(row, now));
  const rows = [...read, ...unconfirmed];
  const after = new Set(rows.map((row) => row.accountId));
  const removed = [...before].filter((token) => !after.has(token));
  return {
    rows,
    added: [...after].filter((token) => !before.has(token)),
    removed,
    behind: [...new Set(shown.filter(removedByUs).map((row) => row.accountId))],
    short: removed.length > 0 && (shown.length === 0 || isShort(before.size, removed.length)),
  };
}

function standsRemoved(takenAway: TakenAway, token: string, now: number): boolean {
  const writtenAt = takenAway.get(token)?.writtenAt;
  return writtenAt !== undefined && now - writtenAt < READ_LAG_MS;
}

function stands({ writtenAt }: { readonly writtenAt: number | null }, now: number): boolean {
  return writtenAt !== null && now - writtenAt < READ_LAG_MS;
}
