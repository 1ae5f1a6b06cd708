/**
 * The tables, the same on both engines: text, integers (booleans as 0 and 1, instants as milliseconds since the
 * epoch) and JSON as text. Keys that are compared without regard to case are folded before they get here.
 */
import type { Generated } from 'kysely';

type Flag = 0 | 1;

export interface ConnectionsTable {
  id: string;
  workspace: string;
  name: string;
  state: string;
  created_at: number;
}

export interface TokensTable {
  id: string;
  connection_id: string;
  kind: string;
  prefix: string;
  digest: string;
  label: string;
  created_at: number;
  revoked_at: number | null;
}

export interface UsersTable {
  id: string;
  workspace: string;
  owner_id: string | null;
  user_name: string;
  user_name_key: string;
  external_id: string | null;
  active: Flag;
  email: string | null;
  email_key: string | null;
  full_name: string | null;
  /** Null: the IdP has never named a role. */
  admin: Flag | null;
  document: string;
  version: number;
  created_at: number;
  updated_at: number;
  /** Set for a tombstone, which only provisioning sees. */
  deleted_at: number | null;
}

export interface UserAddressesTable {
  user_id: string;
  address_key: string;
}

export interface GroupsTable {
  id: string;
  workspace: string;
  owner_id: string | null;
  display_name: string;
  display_name_key: string;
  external_id: string | null;
  document: string;
  version: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

export interface GroupMembersTable {
  group_id: string;
  user_id: string;
  added_at: number;
}

export interface ChangesTable {
  position: Generated<number>;
  workspace: string;
  at: number;
  kind: string;
  subject_kind: string | null;
  subject_id: string | null;
  data: string;
}

export interface JobsTable {
  workspace: string;
  kind: string;
  subject_id: string;
  run_at: number;
  attempts: number;
  verifying: Flag;
  /** Rises when the job is asked for again; a job that moved on while it ran is not done. */
  generation: number;
  claimed_generation: number | null;
  lease: string | null;
  lease_until: number | null;
  parked: Flag;
  reason: string | null;
}

export interface DeliveriesTable {
  workspace: string;
  kind: string;
  subject_id: string;
  state: string;
  reason: string | null;
  updated_at: number;
}

export interface LinksTable {
  workspace: string;
  kind: string;
  subject_id: string;
  token: string;
}

export interface ObservedMembersTable {
  workspace: string;
  member_key: string;
  member_token: string | null;
  membership_token: string | null;
  username: string | null;
  email: string | null;
  email_key: string | null;
  name: string | null;
  state: string;
  admin: Flag;
  managed_by_scim: Flag;
  written_at: number | null;
}

export interface ObservedGroupsTable {
  workspace: string;
  token: string;
  name: string;
  writable: Flag;
  written_at: number | null;
}

export interface ObservedGroupMembersTable {
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
  read_at: number;
}

/** There is a row while Mode as a whole fails. */
export interface OutagesTable {
  workspace: string;
  since: number;
  reason: string;
}

export interface IdpProfilesTable {
  connection_id: string;
  detected: string;
  evidence: string | null;
  pinned: string | null;
  updated_at: number;
}

export interface IdpWarningsTable {
  connection_id: string;
  code: string;
  example: string;
  count: number;
  first_at: number;
  last_at: number;
}

/** Which copies of the state there are, on PostgreSQL; beside SQLite, each file tells of itself. */
export interface FeedSnapshotsTable {
  id: string;
  workspace: string;
  position: number;
  taken_at: number;
  accounts: number;
  groups: number;
  resources: number;
  entitlements: number;
  grants: number;
  /** Until then it does not make room for newer ones that nobody goes on reading. */
  keep_until: number;
}

/** A collection or a data source of Mode. */
export interface ObservedResourcesTable {
  workspace: string;
  kind: string;
  token: string;
  name: string;
}

export interface ObservedPermissionsTable {
  workspace: string;
  resource_kind: string;
  resource_token: string;
  action: string;
  /** `account` or `group`, and Mode's token of it. */
  accessor_kind: string;
  accessor_token: string;
}

export interface ObservedActivityTable {
  workspace: string;
  member_token: string;
  activated_at: number | null;
  last_active_at: number | null;
}

export interface Database {
  connections: ConnectionsTable;
  tokens: TokensTable;
  users: UsersTable;
  user_addresses: UserAddressesTable;
  groups: GroupsTable;
  group_members: GroupMembersTable;
  changes: ChangesTable;
  jobs: JobsTable;
  deliveries: DeliveriesTable;
  links: LinksTable;
  observed_members: ObservedMembersTable;
  observed_groups: ObservedGroupsTable;
  observed_group_members: ObservedGroupMembersTable;
  read_times: ReadTimesTable;
  outages: OutagesTable;
  idp_profiles: IdpProfilesTable;
  idp_warnings: IdpWarningsTable;
  feed_snapshots: FeedSnapshotsTable;
  observed_resources: ObservedResourcesTable;
  observed_permissions: ObservedPermissionsTable;
  observed_activity: ObservedActivityTable;
}

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}
