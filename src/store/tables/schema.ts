/**
 * The tables, the same on both engines: text, integers (booleans as 0 and 1, instants as milliseconds since the
 * epoch) and JSON as text. Keys that are compared without regard to case are folded before they get here.
 */
import type { AuditCheckpointsTable, AuditTable } from './audit-tables.ts';
import type { ConnectionsTable, IdpProfilesTable, IdpWarningsTable, TokensTable } from './access-tables.ts';
import type { ChangesTable, GroupMembersTable, UserAddressesTable } from './directory-tables.ts';
import type { GroupsTable } from './groups.ts';
import type { NoticesTable, NoticeTopicsTable } from './notice-tables.ts';
import type { LeaversTable } from './leaver-tables.ts';
import type {
  RequestBatchesTable,
  RequestBatchKindsTable,
  RequestContentsTable,
  RequestKindsTable,
} from './request-tables.ts';
import type { UsersTable } from './users.ts';
import type { WithdrawalsTable } from './withdrawal-tables.ts';
import type {
  EventKeysTable,
  EventStreamsTable,
  EventsDoneTable,
  FeedSnapshotsTable,
} from './feed-tables.ts';
import type {
  ObservedActivityTable,
  ObservedGroupMembersTable,
  ObservedGroupsTable,
  ObservedMembersTable,
  ObservedPermissionsTable,
  ObservedResourcesTable,
  ReadTimesTable,
  RemovedOnTargetTable,
} from './observed-tables.ts';
import type {
  CapabilityRoutesTable,
  DeliveriesTable,
  InvitesTable,
  JobsTable,
  LastWrittenTable,
  LinksTable,
  OutagesTable,
  PlansTable,
  UndoPlansTable,
  ProbesTable,
  TargetFactsTable,
  RefusedLinksTable,
  TasksTable,
  WorkspaceLeasesTable,
} from './work-tables.ts';
import type { HoldsTable, RemovalsTable } from './removal-tables.ts';

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
  target_facts: TargetFactsTable;
  tasks: TasksTable;
  removals: RemovalsTable;
  holds: HoldsTable;
  workspace_leases: WorkspaceLeasesTable;
  removed_on_mode: RemovedOnTargetTable;
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
  request_kinds: RequestKindsTable;
  request_batches: RequestBatchesTable;
  request_batch_kinds: RequestBatchKindsTable;
  request_contents: RequestContentsTable;
  audit: AuditTable;
  notices: NoticesTable;
  notice_topics: NoticeTopicsTable;
  audit_checkpoints: AuditCheckpointsTable;
  withdrawals: WithdrawalsTable;
  leavers: LeaversTable;
  plans: PlansTable;
  undo_plans: UndoPlansTable;
}
