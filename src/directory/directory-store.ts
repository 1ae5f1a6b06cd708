/**
 * The directory's storage port.
 *
 * Guarantees of every implementation: a write is atomic, and durable when `commit` resolves with `committed`. Its
 * changes and jobs are part of the same transaction. Positions of changes are in commit order. Reads see every
 * committed write. A write that loses a race returns `conflict` and changes nothing, so the caller reads again and retries.
 */
import type { ChangeDraft } from './change.ts';
import type { Group, Member } from './group/group.ts';
import type { LeaverStep } from './leaver-step.ts';
import type { ListQuery, Page } from './query.ts';
import type { Subject } from './subject.ts';
import type { Email, User } from './user/user.ts';
import type { WithdrawalStep } from './withdrawal/withdrawal-step.ts';
import type { WithdrawalStore } from './withdrawal/withdrawal-store.ts';

/** One step of a write. A step whose expectation does not hold makes the whole write a `conflict`. */
export type DirectoryStep =
  | { readonly step: 'create_user'; readonly user: User; readonly emails: readonly Email[] }
  /** Expects the stored version to be `user.version - 1`. */
  | { readonly step: 'update_user'; readonly user: User; readonly emails: readonly Email[] }
  /** Expects this version. The row stays as a tombstone that only provisioning sees. */
  | { readonly step: 'delete_user'; readonly id: string; readonly version: number }
  /** Expects this version, and increments it. Afterwards no connection owns the user. */
  | { readonly step: 'release_user'; readonly id: string; readonly version: number }
  | { readonly step: 'create_group'; readonly group: Group }
  /** Expects the stored version to be `group.version - 1`. */
  | { readonly step: 'update_group'; readonly group: Group }
  | { readonly step: 'delete_group'; readonly id: string; readonly version: number }
  /** Expects a deleted group of the version `group.version - 1`. Its name must be free. */
  | { readonly step: 'restore_group'; readonly group: Group }
  /** As `release_user`. */
  | { readonly step: 'release_group'; readonly id: string; readonly version: number }
  /** Increments the version of an existing group. Expects no version, so changes of different members do not race. */
  | { readonly step: 'touch_group'; readonly id: string }
  /** Expects every user to exist and not to be a member yet. */
  | { readonly step: 'add_members'; readonly groupId: string; readonly userIds: readonly string[] }
  /** Expects every user to be a member. */
  | { readonly step: 'remove_members'; readonly groupId: string; readonly userIds: readonly string[] }
  | WithdrawalStep
  | LeaverStep;

export interface DirectoryWrite {
  readonly workspace: string;
  readonly at: number;
  readonly steps: readonly DirectoryStep[];
  readonly changes: readonly ChangeDraft[];
  /** Adds a job for each. A job that already waits becomes due again. */
  readonly subjects: readonly Subject[];
  /** The request, for the change log; undefined without one. */
  readonly requestId?: string | undefined;
}

/** `duplicate`: the userName or the group's name is taken within the workspace. */
export type CommitResult = 'committed' | 'conflict' | 'duplicate';

/** Called with the new version of a group after `touch_group`. The version is valid once the write is committed. */
export type OnGroupTouched = (groupId: string, version: number) => void;

export interface DirectoryStore extends WithdrawalStore {
  user(workspace: string, id: string): Promise<User | undefined>;
  /** The order is the same on every page. */
  users(workspace: string, query: ListQuery): Promise<Page<User>>;
  group(workspace: string, id: string): Promise<Group | undefined>;
  groups(workspace: string, query: ListQuery): Promise<Page<Group>>;
  /** Members after the user id `after` (empty: from the start), in order of id, at most `limit`. */
  members(groupId: string, after: string, limit: number): Promise<readonly Member[]>;
  /** The ids of all members. */
  memberIds(groupId: string): Promise<readonly string[]>;
  /** The ids in `userIds` that are members of the group. */
  presentMembers(groupId: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The ids in `userIds` that exist in the workspace. */
  existingUsers(workspace: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The groups of each of these users. */
  groupsOf(
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly { readonly id: string; readonly displayName: string }[]>>;
  commit(write: DirectoryWrite, touched?: OnGroupTouched): Promise<CommitResult>;
}
