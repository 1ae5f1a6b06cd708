/** Which groups' members must be read again. Pure. One call for each group is most of what a full read costs. */

/** The target's count may stay the same while one person goes and another comes. */
const READ_ALL_AFTER_MS = 24 * 60 * 60_000;

/** What is known of one group and of the last read of its members. */
export interface GroupRead {
  readonly token: string;
  /** As the target's list of groups says now; null when it does not. */
  readonly listed: number | null;
  /** The listed count that went with the members that were read last; null when none did. */
  readonly settled: number | null;
  /** How many memberships are known. */
  readonly known: number;
  /** When the members were read; null when never, or when they are in doubt. */
  readonly readAt: number | null;
  /** When we last changed them; null when never. */
  readonly writtenAt: number | null;
}

/**
 * The members of a group are read when they never were, when a write of ours has not been seen, when the target's count is
 * different from the one they were read with or unknown, and once a day.
 */
export function isToBeRead(group: GroupRead, now: number): boolean {
  if (group.readAt === null || now - group.readAt >= READ_ALL_AFTER_MS) return true;
  if (group.writtenAt !== null && group.writtenAt >= group.readAt) return true;
  if (group.listed === null) return true;
  return group.listed !== group.known && group.listed !== group.settled;
}
