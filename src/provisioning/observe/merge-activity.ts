/** Computes what a read of people's activity adds to what the bridge knew: pure. */
import type { Activity } from '../model/activity.ts';

export interface MergedActivity {
  readonly upsert: readonly Activity[];
  /** Accounts to delete from the record. */
  readonly remove: readonly string[];
}

/** An empty read removes nothing. */
export function mergeActivity(previous: readonly Activity[], read: readonly Activity[]): MergedActivity {
  const known = new Map(previous.map((row) => [row.accountId, row]));
  const listed = new Set(read.map((row) => row.accountId));
  return {
    upsert: read.filter((row) => {
      const before = known.get(row.accountId);
      return before?.activatedAt !== row.activatedAt || before.lastActiveAt !== row.lastActiveAt;
    }),
    remove: read.length === 0 ? [] : [...known.keys()].filter((token) => !listed.has(token)),
  };
}
