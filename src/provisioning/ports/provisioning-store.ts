/**
 * All of provisioning's store ports together, for the worker. Guarantees of every implementation: each write is atomic,
 * and durable when it resolves.
 */
import type { Observation } from '../model/observation.ts';
import type { Outage } from '../job/outage.ts';
import type { DriftStore } from './drift-store.ts';
import type { InviteStore } from './invite-store.ts';
import type { JobStore } from './job-store.ts';
import type { LeaseStore } from './lease-store.ts';
import type { LinkStore } from './link-store.ts';
import type { ObservedStore } from './observed-store.ts';
import type { PermissionStore } from './permission-store.ts';
import type { RemovalStore } from './removal-store.ts';
import type { SubjectStore } from './subject-store.ts';
import type { TargetFactStore } from './target-facts.ts';

/** The port that records what was observed or done on the target. */
export interface RecordStore {
  record(observation: Observation): Promise<void>;
  /**
   * Deletes everything that was known about the target, so that it is read and reconciled from the beginning. The
   * change log gets an entry if anything was known.
   */
  forgetTarget(workspace: string, at: number): Promise<void>;
  /** Stored for operators. @param outage null when it is over */
  saveOutage(workspace: string, outage: Outage | null): Promise<void>;
}

export type ProvisioningStore = LeaseStore &
  JobStore &
  SubjectStore &
  ObservedStore &
  RecordStore &
  InviteStore &
  LinkStore &
  DriftStore &
  PermissionStore &
  RemovalStore &
  TargetFactStore;
