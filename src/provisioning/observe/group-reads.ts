/**
 * Selects the groups whose members must be read again. Pure. A call for each group is most of the cost of a full read.
 */

/** Members are read at least this often, because the count stays the same when one person leaves and another joins. */
const READ_ALL_AFTER_MS = 24 * 60 * 60_000;

/** What is known about one group and the last read of its members. */
export interface GroupRead {
  readonly token: string;
  /** The count in the target's list of groups now; null when it has none. */
  readonly listed: number | null;
  /** The listed count at the last read of the members; null when there was none. */
  readonly settled: number | null;
  /** The number of known memberships. */
  readonly known: number;
  /** When the members were read; null when never, or when the read is in doubt. */
  readonly readAt: number | null;
  /** When the bridge last changed them; null when never. */
  readonly writtenAt: number | null;
}

/**
 * The members of a group are read when they never were, when a write of the bridge has not been seen, when the target's
 * count is unknown or has changed since the last read, and once a day.
 */
export function isToBeRead(group: GroupRead, now: number): boolean {
  if (group.readAt === null || now - group.readAt >= READ_ALL_AFTER_MS) return true;
  if (group.writtenAt !== null && group.writtenAt >= group.readAt) return true;
  if (group.listed === null) return true;
  return group.listed !== group.known && group.listed !== group.settled;
}
