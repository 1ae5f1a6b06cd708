/** The context of all parts of the worker, for one workspace. Two bridges in one process share none of it. */
import type { Clock } from '../clock.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { Adoption } from '../provisioning/plan/adoption.ts';
import type { DriftMode } from '../provisioning/drift/drift.ts';
import type { ConnectionPolicy } from '../provisioning/plan/policy.ts';
import type { InvitePolicy } from '../provisioning/invite/invite.ts';
import type { ProvisioningStore } from '../provisioning/ports/provisioning-store.ts';
import type { Target } from '../provisioning/ports/target.ts';
import type { TaskStore } from '../provisioning/plan/task.ts';
import type { ShortReadGuard } from './reading/short-read-guard.ts';
import type { Locks } from './running/locks.ts';
import type { Random } from '../random.ts';

/** The part of a logger that the worker uses. */
export interface WorkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface WorkContext {
  readonly workspace: string;
  readonly store: ProvisioningStore;
  readonly directory: DirectoryStore;
  readonly target: Target;
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkLog;
  readonly adoption: Adoption;
  /** The drift mode of connections that have none of their own. */
  readonly drift: DriftMode;
  readonly invites: InvitePolicy;
  /** The policy of the connection with this name; undefined for a subject without an owner. */
  policyOf(connection: string | undefined): Partial<ConnectionPolicy>;
  /** Data that is read only for the feed. */
  readonly feed: { readonly permissions: boolean; readonly activity: boolean };
  /** Locks for work that must not run at the same time. */
  readonly locks: Locks;
  readonly shortReads: ShortReadGuard;
  /** False when another bridge may work for the workspace. No new step begins then. */
  holdsWorkspace(): boolean;
}
