/**
 * The feed's port: reads only. A snapshot is one consistent state, and its position is that of the last change that
 * the state includes. Positions of changes are in the order of commits: a reader who has seen one has missed none
 * before it.
 */
import type { Clock } from '../clock.ts';
import type { Change } from '../directory/change.ts';
import type { FeedSnapshot } from './feed-snapshot.ts';
import type { Account, Grant, Group, Principal, Resource } from './model.ts';

/** What changes were about. */
export interface Touched {
  readonly resources: readonly Pick<Resource, 'type' | 'id'>[];
  /** Permissions of people and groups that the directory knows. */
  readonly permissions: readonly GrantKey[];
  /** People by the directory's id. */
  readonly accounts: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** People all of whose grants may be others now, with Mode's token of the account where a change named it. */
  readonly holders: readonly { readonly userId: string; readonly memberToken: string | null }[];
  /** Groups all of whose members may be others now. */
  readonly wholeGroups: ReadonlySet<string>;
  /** Those whose Mode group a change named: what it may do may be others now. */
  readonly modeGroups: readonly { readonly groupId: string; readonly groupToken: string }[];
  /** Of a person by the directory's id, or by Mode's token where only that is known. */
  readonly memberships: readonly ({ readonly groupId: string } & (
    { readonly userId: string } | { readonly memberToken: string }
  ))[];
}

/** What makes the id of a grant. */
export interface GrantKey {
  readonly entitlementId: string;
  readonly principal: Principal;
}

export interface Membership {
  readonly groupId: string;
  readonly userId: string;
}

/** How many members a group has is told in snapshots only: counting them would cost what the group is large. */
export type ChangedGroup = Omit<Group, 'memberCount'>;

/** What the feed has now of all that was touched; what is not there it does not have. */
export interface TouchedState {
  readonly accounts: readonly Account[];
  readonly groups: readonly ChangedGroup[];
  readonly resources: readonly Resource[];
  readonly grants: readonly Grant[];
  /** The memberships that were touched, by the directory's ids, whether they are there or not. */
  readonly memberships: readonly Membership[];
  /** The same of permissions. */
  readonly permissions: readonly GrantKey[];
}

export interface FeedStore {
  /** The state now: that of the last commit before the call, or of a later one. */
  takeSnapshot(workspace: string, clock: Clock): Promise<FeedSnapshot>;
  /** An earlier one; reading it on keeps it. @throws BridgeError snapshot_expired */
  snapshot(workspace: string, id: string, clock: Clock): Promise<FeedSnapshot>;
  /** Changes after that position, in order, at most `limit`. */
  changesAfter(workspace: string, position: number, limit: number): Promise<readonly Change[]>;
  /** The position of the newest change; 0 when there is none. */
  lastPosition(workspace: string): Promise<number>;
  /** At the cost of what was touched, whatever the size of the workspace. */
  touched(workspace: string, touched: Touched): Promise<TouchedState>;
}
