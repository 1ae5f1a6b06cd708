/** The port to what is known of the target, and how it was read. */
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';
import type { OperationNames } from '../observe/operation-change.ts';
import type { GroupRead } from '../observe/group-reads.ts';

/** When each list was last read in full: when that reading began; null when never. Milliseconds since the epoch. */
export interface ReadTimes {
  readonly members: number | null;
  readonly groups: number | null;
}

export type RemovedFrom = 'groups' | { readonly targetGroupId: string };

export interface Removed {
  readonly writtenAt: number;
  /** The last read still showed it. */
  readonly stillListed: boolean;
}

export interface KnownGroupMembers {
  readonly rows: readonly ObservedGroupMember[];
  readonly current: boolean;
  /** When their reading began; null when they are not current. */
  readonly readAt: number | null;
}

export interface ObservedStore {
  observedMembers(workspace: string): Promise<readonly ObservedMember[]>;
  /** Whether any of them was invited and has not accepted. */
  isAnybodyInvited(workspace: string): Promise<boolean>;
  observedGroups(workspace: string): Promise<readonly ObservedGroup[]>;
  /** How people know those accounts and groups, by token. */
  namesOnTarget(
    workspace: string,
    tokens: { readonly accounts: readonly string[]; readonly groups: readonly string[] },
  ): Promise<OperationNames>;
  /** `current` is false for rows that are not to be planned with before the group is read again. */
  observedGroupMembers(workspace: string, targetGroupId: string): Promise<KnownGroupMembers>;
  readTimes(workspace: string): Promise<ReadTimes>;
  /** Whether a group that we made, renamed or deleted has not been seen in the list since. */
  groupsUnseen(workspace: string): Promise<boolean>;
  /** What we took away within the last minutes, by token; of the groups, or of the members of one. */
  removedOnTarget(workspace: string, list: RemovedFrom): Promise<ReadonlyMap<string, Removed>>;
  /** What is known about each group's members, to decide which must be read. */
  groupReads(workspace: string): Promise<readonly GroupRead[]>;
}
