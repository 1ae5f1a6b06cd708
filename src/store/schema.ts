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
  /** Null: as the setting says. */
  drift: string | null;
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
  /** The same for all changes of one write; null for those of before there was this column. */
  txn: string | null;
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
  /** Of the workspace's holder who claimed it; a later holder takes it over. */
  fence: number | null;
  /** Lists must have been read at or after this instant before anything is planned. */
  look_after: number | null;
  /** When all was applied that is still to be seen on Mode. */
  applied_at: number | null;
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
  /** `auto`, or `operator`. */
  origin: Generated<string>;
}

/** A link that people do not want to be made again by itself. */
export interface RefusedLinksTable {
  workspace: string;
  kind: string;
  subject_id: string;
  token: string;
  at: number;
}

/** Who alone works for a workspace, and until when. The fence rises with every other holder. */
export interface WorkspaceLeasesTable {
  workspace: string;
  holder: string;
  fence: number;
  until: number;
}

/** When and how a row was last seen on Mode; null while only our own write is known. */
interface Seen {
  read_at: number | null;
  read_how: string | null;
}

export interface ObservedMembersTable extends Seen {
  workspace: string;
  member_key: string;
  member_token: string | null;
  membership_token: string | null;
  username: string | null;
  email: string | null;
  email_key: string | null;
  name: string | null;
  state: string;
  /** Mode's own word for it, when it is not "active". */
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

/** The newest invite of an address, and how often it was sent. */
export interface InvitesTable {
  workspace: string;
  email_key: string;
  email: string;
  state: string;
  sends: number;
  first_sent_at: number;
  sent_at: number;
  expires_at: number | null;
  reason: string | null;
  updated_at: number;
}

/** The newest thing that Mode accepted from us about each member, group and group member. */
export interface LastWrittenTable {
  workspace: string;
  list: string;
  token: string;
  value: string;
  written_at: number;
  /** When a read first showed it. */
  confirmed_at: number | null;
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

export interface CapabilityRoutesTable {
  workspace: string;
  capability: string;
  route: string;
  state: string;
  answer: string | null;
  at: number | null;
}

/** When the target was last looked at, and when an operator last asked for it. */
export interface ProbesTable {
  workspace: string;
  fingerprint: string | null;
  probed_at: number | null;
  afresh_at: number | null;
  findings: string | null;
  asked_at: number | null;
}

export interface TasksTable {
  id: string;
  workspace: string;
  kind: string;
  subject_id: string;
  action: string;
  what: string;
  why: string;
  link: string;
  since: number;
  tried_at: number | null;
  closed_at: number | null;
  closed_by: string | null;
}

/** How far a receiver has come with the events: one row for each token that has asked for them. */
export interface EventStreamsTable {
  token_id: string;
  workspace: string;
  /** Of the change log: every event up to it is acknowledged, or told to be in error. */
  position: number;
  polled_at: number;
  errors: number;
  last_error: string | null;
  last_error_at: number | null;
}

/** Events beyond a stream's position that are done with. */
export interface EventsDoneTable {
  token_id: string;
  position: number;
}

/** Keys that sign events, or did. */
export interface EventKeysTable {
  kid: string;
  /** A JWK, as text. */
  public_key: string;
  /** PKCS #8, PEM; null for one that a setting gives, and for one that signs no more. */
  private_key: string | null;
  created_at: number;
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
  /** What everybody in the workspace may do with it; null: nothing, or Mode does not say. */
  default_access: string | null;
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
  capability_routes: CapabilityRoutesTable;
  probes: ProbesTable;
  tasks: TasksTable;
  workspace_leases: WorkspaceLeasesTable;
  removed_on_mode: RemovedOnModeTable;
  invites: InvitesTable;
  refused_links: RefusedLinksTable;
  last_written: LastWrittenTable;
  event_streams: EventStreamsTable;
  events_done: EventsDoneTable;
  event_keys: EventKeysTable;
  feed_snapshots: FeedSnapshotsTable;
  observed_resources: ObservedResourcesTable;
  observed_permissions: ObservedPermissionsTable;
  observed_activity: ObservedActivityTable;
}

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}
