/**
 * The feed's port: reads only. One snapshot is one consistent state, and its position is that of the last change
 * that the state includes.
 */
import type { Change } from '../directory/change.ts';
import type { Delivery } from '../provisioning/delivery.ts';
import type { ObservedMember } from '../provisioning/observed.ts';

/** A person: what Mode has of them beside what the IdP wants. Null where that side does not know them. */
export interface AccountRow {
  /** The directory user's id. */
  readonly id: string;
  readonly wanted: {
    readonly userName: string;
    readonly email: string | null;
    readonly fullName: string | null;
    readonly active: boolean;
    readonly admin: boolean | null;
  } | null;
  readonly owned: boolean;
  readonly observed: ObservedMember | null;
  readonly delivery: Delivery | null;
}

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly owned: boolean;
  /** The linked Mode group's token, when Mode has it. */
  readonly groupToken: string | null;
  readonly delivery: Delivery | null;
}

/** One membership of one account in one group. At least one of the two is true. */
export interface MembershipRow {
  readonly groupId: string;
  readonly userId: string;
  /** The IdP wants it (and the user active). */
  readonly wanted: boolean;
  /** Mode has it. */
  readonly observed: boolean;
}

export interface FeedState {
  readonly position: number;
  readonly accounts: readonly AccountRow[];
  readonly groups: readonly GroupRow[];
  readonly memberships: readonly MembershipRow[];
}

export interface FeedStore {
  snapshot(workspace: string): Promise<FeedState>;
  /** Changes after that position, in order, at most `limit`. */
  changesAfter(workspace: string, position: number, limit: number): Promise<readonly Change[]>;
  /** The position of the newest change; 0 when there is none. */
  lastPosition(workspace: string): Promise<number>;
}
