/** The status of a workspace: everything that `status` shows, read once. */
import type { ConnectionState } from '../directory/access/connection.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { ConnectionProfile, IdpProfileStore, IdpWarning } from '../directory/access/idp-profile.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import type { HoldStore } from '../provisioning/gate/hold.ts';
import type { Task, TaskStore } from '../provisioning/plan/task.ts';
import type { TargetFacts } from '../provisioning/ports/target-facts.ts';
import { readCapabilities, type CapabilityReport } from './capabilities.ts';
import type { Leavers, OverdueLeavers } from './leavers.ts';
import type { StatusStore, WorkLeft, WorkspaceStatus } from './status-store.ts';

/** Subjects in trouble, and receivers of events. */
const MAX_LISTED = 100;
/** The number of tasks in the status; `tasks list` has all of them. */
const TASKS_IN_STATUS = 20;

export interface ConnectionReport {
  readonly id: string;
  readonly name: string;
  readonly state: ConnectionState;
  /** undefined before the IdP has sent anything. */
  readonly profile: ConnectionProfile | undefined;
  readonly warnings: readonly IdpWarning[];
}

export interface WorkspaceReport extends WorkspaceStatus {
  readonly workspace: string;
  readonly facts: Partial<TargetFacts>;
  readonly workLeft: WorkLeft;
  readonly capabilities: CapabilityReport;
  readonly tasks: { readonly open: number; readonly oldest: readonly Task[] };
  /** The number of operations that wait for a decision, by the name of the connection. */
  readonly holds: Readonly<Record<string, number>>;
  readonly connections: readonly ConnectionReport[];
  readonly leavers: OverdueLeavers;
}

export interface StatusSources {
  readonly status: StatusStore;
  readonly access: Pick<ConnectionStore, 'connections'>;
  readonly idp: IdpProfileStore;
  readonly capabilities: CapabilityStore;
  readonly tasks: TaskStore;
  readonly leavers: Pick<Leavers, 'overdue'>;
  readonly holds: HoldStore;
}

export async function readStatus(workspace: string, sources: StatusSources): Promise<WorkspaceReport> {
  const { status, tasks } = sources;
  return {
    workspace,
    ...(await status.status(workspace, MAX_LISTED)),
    facts: await status.facts(workspace),
    workLeft: await status.workLeft(workspace),
    capabilities: await readCapabilities(workspace, sources.capabilities),
    tasks: {
      open: await tasks.count(workspace),
      oldest: await tasks.list(workspace, { closed: false, limit: TASKS_IN_STATUS }),
    },
    holds: await sources.holds.openByConnection(workspace),
    connections: await connectionsOf(workspace, sources),
    leavers: await sources.leavers.overdue(workspace),
  };
}

async function connectionsOf(
  workspace: string,
  { access, idp }: StatusSources,
): Promise<readonly ConnectionReport[]> {
  const connections = (await access.connections()).filter((connection) => connection.workspace === workspace);
  return Promise.all(
    connections.map(async ({ id, name, state }) => ({
      id,
      name,
      state,
      profile: await idp.profile(id),
      warnings: await idp.warnings(id),
    })),
  );
}
