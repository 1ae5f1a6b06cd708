/** The operators' port for the status: counts and reasons. Reads only. */
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
  /** The position in the change log up to which the receiver has handled every event. */
  readonly position: number;
  readonly polledAt: number;
  /** Events that it rejected, and its message for the last of them. */
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
  /** The current outage of the target; null while it works. */
  readonly outage: Outage | null;
  readonly position: number;
  /** Subjects with a reason, oldest first, at most `limit`. */
  readonly troubled: readonly TroubledSubject[];
  /** Receivers with valid tokens, least recently active first, at most `limit`. */
  readonly eventStreams: readonly EventStreamStatus[];
}

/** An estimate of the work on the target that is left in jobs that are not parked. */
export interface WorkLeft {
  /** Users, one call each. */
  readonly people: number;
  /** Users who must lose access; they go first. */
  readonly urgent: number;
  /** Groups that the target does not have. */
  readonly groups: number;
  /** Members to add to or remove from groups of the target, without people who have not accepted an invite. */
  readonly groupMembers: number;
  /** Members of groups who have not accepted an invite yet. Each is added after accepting. */
  readonly afterInvites: number;
}

export interface StatusStore {
  status(workspace: string, limit: number): Promise<WorkspaceStatus>;
  workLeft(workspace: string): Promise<WorkLeft>;
  /** What the worker learned about the target. */
  facts(workspace: string): Promise<Partial<TargetFacts>>;
  /** Resolves when the database answers and can be written. @throws BridgeError unavailable, with the reason */
  ping(): Promise<void>;
}
