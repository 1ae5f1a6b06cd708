/**
 * The port to the data of a dry run, and to the plans that were shown. Reads are in pieces, so that other work
 * continues. The position in the change log reveals changes in between.
 */
import type { Connection } from '../../directory/access/connection.ts';
import type { Subject } from '../../directory/subject.ts';
import type { DryRunGroups, DryRunMembers, DryRunPeople } from '../dry-run/dry-run-facts.ts';
import type { PlannedStep } from '../dry-run/planned-step.ts';
import type { ApprovedRemoval } from '../dry-run/removals-of.ts';
import type { RememberedTask } from '../plan/task.ts';

export interface DryRunStore {
  /** The last position in the change log of the workspace; 0 when it is empty. */
  lastPosition(workspace: string): Promise<number>;
  dryRunPeople(workspace: string): Promise<DryRunPeople>;
  dryRunGroups(workspace: string): Promise<DryRunGroups>;
  /** @param groups at most some hundred, each with the token of its group on the target */
  dryRunMembers(
    workspace: string,
    groups: readonly { readonly id: string; readonly targetGroupId: string | null }[],
  ): Promise<DryRunMembers>;
  /** Tasks that are open or were closed by a person, by the kind and id of the subject. */
  rememberedTasks(workspace: string): Promise<(subject: Subject) => readonly RememberedTask[]>;
  /** Keys of rejected removals, by the id of the subject. */
  rejectedRemovals(workspace: string): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}

/** A plan that was shown. */
export interface KeptPlan {
  readonly id: string;
  readonly workspace: string;
  readonly connectionId: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly steps: readonly PlannedStep[];
}

export interface PlanStore {
  /** Stores the plan among the last ones of its connection. It replaces a plan with the same id. */
  keepPlan(plan: Omit<KeptPlan, 'steps'> & { readonly steps: Iterable<PlannedStep> }): Promise<void>;
  keptPlan(connectionId: string, id: string): Promise<KeptPlan | undefined>;
  /**
   * Sets the connection live and makes its held jobs due, as one transaction, if the connection is in the given state
   * and the change log has no newer entry than the position. Entries of deliveries do not count, because no plan
   * depends on them.
   * @returns false when something changed; nothing is done then
   */
  goLive(change: {
    readonly connection: Connection;
    readonly position: number;
    readonly at: number;
    /** Removals of the plan. Going live with it approves them. */
    readonly removals: readonly ApprovedRemoval[];
    /** The plan, and who goes live with it, for the change log. */
    readonly planId?: string;
    readonly by?: string | null | undefined;
  }): Promise<boolean>;
  /** Enqueues each of the subjects. */
  enqueue(workspace: string, subjects: readonly Subject[], at: number): Promise<void>;
}
