/**
 * What is shown beside what the IdP said: a person's groups, and what is known of users and groups on Mode. Never acted
 * on.
 */
import type { User } from './user/user.ts';

export interface UserOnMode {
  /** `absent`: Mode has nobody of that e-mail. `former`: removed, but still listed. */
  readonly state: 'invited' | 'active' | 'former' | 'absent';
  readonly username: string | null;
  readonly admin: boolean;
  /** Belongs to Mode's own SCIM, and is left alone. */
  readonly managedByScim: boolean;
  readonly delivery: DeliveryView;
}

export interface GroupOnMode {
  readonly token: string | null;
  /** In the directory: what the IdP wants. */
  readonly memberCount: number;
  readonly delivery: DeliveryView;
}

/** How far the bridge is with what the IdP wants; null for what nobody has pushed. */
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

/** The port to what remembers it. */
export interface ViewStore {
  /** One person with everything about them, read at once: what IdPs ask for most. */
  user(workspace: string, id: string): Promise<(UserView & { readonly user: User }) | undefined>;
  users(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, UserView>>;
  groups(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, GroupOnMode>>;
}
