/**
 * Assigns each operation that passed the gate: to the bridge if a route of the target works, otherwise to a person as a
 * task. Pure.
 */
import type { CapabilityName } from '../capability/capability.ts';
import type { Operation } from '../model/operation.ts';
import type { AvailableCapabilities, RefusedStep } from '../plan/available-capabilities.ts';
import { actionOf, type TaskAction, type WantedTask } from '../plan/task.ts';
import { describeTask, type NamesOf } from '../plan/describe-task.ts';
import { reason, type Reason } from '../reason/reason.ts';
import type { GatedPlan } from './gate.ts';
import { operationKey } from './removal.ts';

export interface Decision extends GatedPlan {
  /** The tasks for a person: every task of this subject that must be open. */
  readonly tasks: readonly WantedTask[];
}

/** @param names the names of accounts and groups, for operations that have only their ids */
export function assign(plan: GatedPlan, available: AvailableCapabilities, names?: NamesOf): Decision {
  const refused = new Map<TaskAction, { readonly step: RefusedStep; readonly operations: Operation[] }>();
  const operations: Operation[] = [];
  for (const operation of plan.operations) {
    const action = actionOf(operation);
    const step = action === null ? undefined : refusalOf(action, operation, available);
    if (action === null || step === undefined) {
      operations.push(operation);
      continue;
    }
    const same = refused.get(action);
    if (same === undefined) refused.set(action, { step, operations: [operation] });
    else same.operations.push(operation);
  }
  // Only the person can change their name and address, so there is no task for it.
  refused.delete('update_profile');
  const tasks = [...refused].map(([action, { step, operations: steps }]): WantedTask => {
    const { what, place } = describeTask(steps, names);
    return { action, what, why: step.why, triedAt: step.at, place };
  });
  const waiting = tasks.length > 0 ? [] : plan.waiting;
  // A step for a person is not sent, and not counted.
  const keys = new Set(operations.map(operationKey));
  const removals = plan.removals.filter(({ key }) => keys.has(key));
  return { ...plan, operations, removals, tasks, blocked: [...reasonsOf(tasks), ...plan.blocked], waiting };
}

/** The first task and its reason. `tasks list` has the others. */
function reasonsOf([first]: readonly WantedTask[]): readonly Reason[] {
  return first === undefined ? [] : [...first.what, reason('step_refused', { answer: first.why })];
}

function refusalOf(
  action: TaskAction,
  operation: Operation,
  available: AvailableCapabilities,
): RefusedStep | undefined {
  const step = available.refusedSteps.get(action);
  if (step !== undefined) return step;
  const why = available.refused.get(capabilityOf(operation));
  return why === undefined ? undefined : { why, at: null };
}

function capabilityOf(operation: Operation): CapabilityName {
  switch (operation.type) {
    case 'invite':
      return 'invite';
    case 'remove_member':
      return 'remove';
    case 'set_admin':
      return 'set_admin';
    case 'update_profile':
      return 'rename';
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
    case 'add_group_member':
    case 'remove_group_member':
      return 'groups';
  }
}
