/** The operators' port: how the bridge is doing, in numbers and reasons. Reads only. */
import type { Outage } from '../provisioning/job/outage.ts';
import type { DeliveryState } from '../provisioning/job/delivery.ts';
import type { ReadTimes } from '../provisioning/ports/observed-store.ts';
import type { Reason } from '../provisioning/reason/reason.ts';
import type { TargetFacts } from '../provisioning/ports/target-facts.ts';

export interface TroubledSubject {
  readonly kind: 'user' | 'group';
  readonly id: string;
  /** The userName or the group's name. */
  readonly name: string;
  /** Null when it has no job. */
  readonly job: {
    readonly state: 'waiting' | 'parked';
    readonly attempts: number;
    readonly runAt: number;
  } | null;
  readonly delivery: DeliveryState | null;
  readonly reasons: readonly Reason[];
}

/** A receiver of SCIM events. */
export interface EventStreamStatus {
  readonly tokenId: string;
  readonly label: string;
  /** Of the change log: the receiver is done with every event up to it. */
  readonly position: number;
  readonly polledAt: number;
  /** Events that it could not take, and what it said of the last of them. */
  readonly errors: number;
  readonly lastError: string | null;
  readonly lastErrorAt: number | null;
}

export interface WorkspaceStatus {
  readonly users: { readonly total: number; readonly active: number };
  readonly groups: number;
  readonly jobs: { readonly waiting: number; readonly parked: number; readonly verifying: number };
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
  readonly reads: ReadTimes;
  /** Since when the target as a whole fails, and how; null while it works. */
  readonly outage: Outage | null;
  readonly position: number;
  /** Subjects with a reason, oldest first, at most `limit`. */
  readonly troubled: readonly TroubledSubject[];
  /** Of valid tokens, those that were heard of least lately first, at most `limit`. */
  readonly eventStreams: readonly EventStreamStatus[];
}

/** What the jobs that are not parked have still to do on the target: an estimate. */
export interface WorkLeft {
  /** Users, one call each. */
  readonly people: number;
  /** Those of them who must lose access; they go first. */
  readonly urgent: number;
  /** Groups that the target does not have. */
  readonly groups: number;
  /** Members that groups of the target have too few, or too many, without those who have not accepted an invite. */
  readonly groupMembers: number;
  /** Members of groups who have not accepted an invite yet: each is added once they do. */
  readonly afterInvites: number;
}

export interface StatusStore {
  status(workspace: string, limit: number): Promise<WorkspaceStatus>;
  workLeft(workspace: string): Promise<WorkLeft>;
  /** What the worker learned of the target. */
  facts(workspace: string): Promise<Partial<TargetFacts>>;
  /** Resolves when the database answers and can be written. @throws BridgeError unavailable, with the reason */
  ping(): Promise<void>;
}
