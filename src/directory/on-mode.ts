/** What is known of users and groups on Mode, for those who ask the directory: to be shown, never acted on. */

export interface UserOnMode {
  /** `absent`: Mode has nobody of that e-mail. `former`: removed, but still listed. */
  readonly state: 'invited' | 'active' | 'former' | 'absent';
  readonly username: string | null;
  readonly admin: boolean;
  /** Belongs to Mode's own SCIM, and is left alone. */
  readonly managedByScim: boolean;
  readonly delivery: DeliveryShown;
}

export interface GroupOnMode {
  readonly token: string | null;
  readonly delivery: DeliveryShown;
}

/** How far the bridge is with what the IdP wants; null for what nobody has pushed. */
export interface DeliveryShown {
  readonly state: string | null;
  readonly reason: string | null;
}

/** The port to what remembers it. */
export interface OnModeStore {
  usersOnMode(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, UserOnMode>>;
  groupsOnMode(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, GroupOnMode>>;
}
