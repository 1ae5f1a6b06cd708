/** The observed state of the target. */
import type { Profile } from '../../provisioning/model/profile.ts';
import type { Flag } from './flag.ts';

/** When and in which list a read last showed the row; null while only the bridge's own write is known. */
interface Seen {
  read_at: number | null;
  read_how: string | null;
}

/** The attributes of the profile have columns of the same names. */
export interface ObservedMembersTable extends Seen, Profile {
  workspace: string;
  member_key: string;
  member_token: string | null;
  membership_token: string | null;
  username: string | null;
  email_key: string | null;
  state: string;
  /** The target's name of the state, when it is not "active". */
  raw_state: string | null;
  admin: Flag;
  managed_by_scim: Flag;
  written_at: number | null;
}

export interface ObservedGroupsTable extends Seen {
  workspace: string;
  token: string;
  name: string;
  writable: Flag;
  written_at: number | null;
  /** The count in the list of groups; null when it has none. */
  member_count: number | null;
  /** The listed count at the last read of the members. */
  settled_count: number | null;
  /** When the bridge last changed the members. */
  members_written_at: number | null;
}

/** Recent removals of the bridge, which a lagging read may still show. `list` as in `ReadTimesTable`. */
export interface RemovedOnTargetTable {
  workspace: string;
  list: string;
  token: string;
  written_at: number;
  /** The last read still showed it. */
  still_listed: Flag;
}

export interface ObservedGroupMembersTable extends Seen {
  workspace: string;
  group_token: string;
  member_token: string;
  /** Empty while only the bridge's own write is known. */
  group_membership_token: string;
  written_at: number | null;
}

/** When a list was last read in full: `members`, `groups`, or `group:` and a group's token. */
export interface ReadTimesTable {
  workspace: string;
  list: string;
  /** When the read began. */
  read_at: number;
  how: string | null;
}

/** A collection or a data source of the target. */
export interface ObservedResourcesTable {
  workspace: string;
  kind: string;
  token: string;
  name: string;
  /** The permission of everybody in the workspace; null when there is none or the target does not say. */
  default_access: string | null;
}

export interface ObservedPermissionsTable {
  workspace: string;
  resource_kind: string;
  resource_token: string;
  action: string;
  /** `account` or `group`, and its token on the target. */
  accessor_kind: string;
  accessor_token: string;
}

export interface ObservedActivityTable {
  workspace: string;
  member_token: string;
  activated_at: number | null;
  last_active_at: number | null;
}
