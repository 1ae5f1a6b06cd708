/**
 * What a resource shows in addition to what the IdP sent: the groups of a user, and the state of users and groups on Mode.
 * For display only.
 */
import type { User } from './user/user.ts';

export interface UserOnMode {
  /** `absent`: Mode has no account with this e-mail. `former`: removed, but still listed. */
  readonly state: 'invited' | 'active' | 'former' | 'absent';
  readonly username: string | null;
  readonly admin: boolean;
  /** Managed by Mode's own SCIM; the bridge does not change the account. */
  readonly managedByScim: boolean;
  readonly delivery: DeliveryView;
}

export interface GroupOnMode {
  readonly token: string | null;
  /** The number of members in the directory, which is what the IdP wants. */
  readonly memberCount: number;
  readonly delivery: DeliveryView;
}

/** The delivery of what the IdP wants; null for users and groups that no IdP has pushed. */
export interface DeliveryView {
  readonly state: string | null;
  /** As sentences. */
  readonly reason: string | null;
  /** The code of the first reason (docs/reasons.md). */
  readonly reasonCode: string | null;
}

export interface UserView {
  readonly groups: readonly { readonly id: string; readonly displayName: string }[];
  readonly onMode: UserOnMode;
}

/** The storage port for views. */
export interface ViewStore {
  /** One user with everything, in one read: the most frequent request of IdPs. */
  user(workspace: string, id: string): Promise<(UserView & { readonly user: User }) | undefined>;
  users(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, UserView>>;
  groups(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, GroupOnMode>>;
}
