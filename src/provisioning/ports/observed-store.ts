/** The port to the observed state of the target, and to how it was read. */
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';
import type { OperationNames } from '../observe/operation-change.ts';
import type { GroupRead } from '../observe/group-reads.ts';

/** When the last full read of each list began; null when there was none. Milliseconds since the epoch. */
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
  /** When their read began; null when they are not current. */
  readonly readAt: number | null;
}

export interface ObservedStore {
  observedMembers(workspace: string): Promise<readonly ObservedMember[]>;
  /** Whether any of them has an invite that is not accepted. */
  isAnybodyInvited(workspace: string): Promise<boolean>;
  observedGroups(workspace: string): Promise<readonly ObservedGroup[]>;
  /** The names of these accounts and groups for people, by token. */
  namesOnTarget(
    workspace: string,
    tokens: { readonly accounts: readonly string[]; readonly groups: readonly string[] },
  ): Promise<OperationNames>;
  /** `current` is false when the group must be read again before a plan. */
  observedGroupMembers(workspace: string, targetGroupId: string): Promise<KnownGroupMembers>;
  readTimes(workspace: string): Promise<ReadTimes>;
  /** Whether the list has not yet shown a group that the bridge created, renamed or deleted. */
  groupsUnseen(workspace: string): Promise<boolean>;
  /** What the bridge removed within the last minutes, by token: groups, or members of one group. */
  removedOnTarget(workspace: string, list: RemovedFrom): Promise<ReadonlyMap<string, Removed>>;
  /** What is known about the members of each group, to decide which groups must be read. */
  groupReads(workspace: string): Promise<readonly GroupRead[]>;
}
