/**
 * The port to what a dry run looks at, and to the plans that were shown. Reads are in pieces, so that other work goes on
 * meanwhile: what changes in between is found by the position of the change log.
 */
import type { Connection } from '../../directory/access/connection.ts';
import type { Subject } from '../../directory/subject.ts';
import type { DryRunGroups, DryRunMembers, DryRunPeople } from '../dry-run/dry-run-facts.ts';
import type { PlannedStep } from '../dry-run/planned-step.ts';
import type { Removal } from '../gate/removal.ts';
import type { RememberedTask } from '../plan/task.ts';

export interface DryRunStore {
  /** How far the change log of the workspace is; 0 when it is empty. */
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
  /** Keys of the removals that somebody has rejected, by the id of the subject. */
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
  /** Keeps the plan among the last ones of its connection. A plan of the same id takes the place of the earlier one. */
  keepPlan(plan: Omit<KeptPlan, 'steps'> & { readonly steps: Iterable<PlannedStep> }): Promise<void>;
  keptPlan(connectionId: string, id: string): Promise<KeptPlan | undefined>;
  /**
   * Sets the connection live and makes its held jobs due, as one transaction, if the connection is in the state given and
   * the change log has nothing newer than the position. Only entries of deliveries do not count: no plan depends on them.
   * @returns false when something changed; nothing is done then
   */
  goLive(change: {
    readonly connection: Connection;
    readonly position: number;
    readonly at: number;
    /** Removals of the plan: who goes live with it approves them. */
    readonly removals: readonly (Removal & { readonly subject: Subject })[];
    /** The plan, and who goes live with it: for the record. */
    readonly planId?: string;
    readonly by?: string | null | undefined;
  }): Promise<boolean>;
  /** Asks for a job for each of the subjects. */
  enqueue(workspace: string, subjects: readonly Subject[], at: number): Promise<void>;
}
