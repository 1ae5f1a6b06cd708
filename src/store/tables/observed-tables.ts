/** What the target has. */
import type { Profile } from '../../provisioning/model/profile.ts';
import type { Flag } from './flag.ts';

/** When and how a row was last seen on the target; null while only our own write is known. */
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
  /** The target's own word for it, when it is not "active". */
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
  /** As the list of groups says; null when it does not. */
  member_count: number | null;
  /** The listed count that went with the members that were read. */
  settled_count: number | null;
  /** When we last changed the members. */
  members_written_at: number | null;
}

/** What we took away a moment ago, which a read that is behind may still show. List as in `ReadTimesTable`. */
export interface RemovedOnModeTable {
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
  /** Empty while only our own write is known. */
  group_membership_token: string;
  written_at: number | null;
}

/** When a list was last read in full: `members`, `groups`, or `group:` and a group's token. */
export interface ReadTimesTable {
  workspace: string;
  list: string;
  /** When the reading began. */
  read_at: number;
  how: string | null;
}

/** A collection or a data source of the target. */
export interface ObservedResourcesTable {
  workspace: string;
  kind: string;
  token: string;
  name: string;
  /** What everybody in the workspace may do with it; null: nothing, or the target does not say. */
  default_access: string | null;
}

export interface ObservedPermissionsTable {
  workspace: string;
  resource_kind: string;
  resource_token: string;
  action: string;
  /** `account` or `group`, and the target's token of it. */
  accessor_kind: string;
  accessor_token: string;
}

export interface ObservedActivityTable {
  workspace: string;
  member_token: string;
  activated_at: number | null;
  last_active_at: number | null;
}
