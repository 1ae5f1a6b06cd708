/**
 * The feed's storage port: reads only. A snapshot is one consistent state; its position is the position of the last
 * change that the state includes. Positions of changes are in commit order: a reader that has seen a position has missed
 * no change before it.
 */
import type { Clock } from '../clock.ts';
import type { FeedChange } from './feed-change.ts';
import type { FeedSnapshot } from './feed-snapshot.ts';
import type { Account, Grant, Group, Principal, Resource } from './model.ts';

/** The objects that some changes were about. */
export interface Touched {
  readonly resources: readonly Pick<Resource, 'type' | 'id'>[];
  /** Permissions of users and groups in the directory. */
  readonly permissions: readonly GrantKey[];
  /** Users, by directory id. */
  readonly accounts: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** Users whose grants may all have changed, with Mode's token of the account if a change named it. */
  readonly holders: readonly { readonly userId: string; readonly memberToken: string | null }[];
  /** Groups whose members may all have changed. */
  readonly wholeGroups: ReadonlySet<string>;
  /** Groups whose Mode group a change named: its permissions may have changed. */
  readonly modeGroups: readonly { readonly groupId: string; readonly groupToken: string }[];
  /** Members by directory id, or by Mode's token if only that is known. */
  readonly memberships: readonly ({ readonly groupId: string } & (
    { readonly userId: string } | { readonly memberToken: string }
  ))[];
}

/** The parts of a grant's id. */
export interface GrantKey {
  readonly entitlementId: string;
  readonly principal: Principal;
}

export interface Membership {
  readonly groupId: string;
  readonly userId: string;
}

/** Only snapshots have the number of members: counting them costs time in proportion to the size of the group. */
export type ChangedGroup = Omit<Group, 'memberCount'>;

/** The current state of everything that was touched. What is missing here no longer exists. */
export interface TouchedState {
  readonly accounts: readonly Account[];
  readonly groups: readonly ChangedGroup[];
  readonly resources: readonly Resource[];
  readonly grants: readonly Grant[];
  /** The touched memberships by directory ids, including those that no longer exist. */
  readonly memberships: readonly Membership[];
  /** The touched permissions, including those that no longer exist. */
  readonly permissions: readonly GrantKey[];
}

export interface FeedStore {
  /** The current state: it includes every commit before the call. */
  takeSnapshot(workspace: string, clock: Clock): Promise<FeedSnapshot>;
  /** An earlier snapshot. A snapshot is kept while it is read. @throws BridgeError snapshot_expired */
  snapshot(workspace: string, id: string, clock: Clock): Promise<FeedSnapshot>;
  /** Changes of the kinds of the feed after the position, in order, at most `limit`. */
  changesAfter(workspace: string, position: number, limit: number): Promise<readonly FeedChange[]>;
  /** The position of the newest change; 0 if there is none. */
  lastPosition(workspace: string): Promise<number>;
  /** Takes time in proportion to what was touched, regardless of the size of the workspace. */
  touched(workspace: string, touched: Touched): Promise<TouchedState>;
}
