/** One step of a plan: an operation while the target serves it, a task for a person when it does not. Pure. */
import type { CapabilityName } from '../capability/capability.ts';
import type { AvailableCapabilities } from './available-capabilities.ts';
import type { Operation } from '../model/operation.ts';
import { actionOf, type TaskPlace, type WantedTask } from './task.ts';

export interface Step {
  readonly capability: CapabilityName;
  readonly operation: Operation;
  /** What a person would have to do, as one sentence. */
  readonly what: string;
  readonly place: TaskPlace;
}

export interface PlannedStep {
  readonly operations: readonly Operation[];
  readonly tasks: readonly WantedTask[];
}

export function planStep(
  available: AvailableCapabilities,
  { capability, operation, what, place }: Step,
): PlannedStep {
  const action = actionOf(operation);
  if (action === null) return { operations: [operation], tasks: [] };
  const tried = available.refusedSteps.get(action);
  const why = tried?.why ?? available.refused.get(capability);
  if (why === undefined) return { operations: [operation], tasks: [] };
  return { operations: [], tasks: [{ action, what, why, triedAt: tried?.at ?? null, place }] };
}

/** Why part of the wish is with people; null when nothing is. */
export function taskReason(tasks: readonly WantedTask[]): string | null {
  const [first] = tasks;
  return first === undefined ? null : `${first.what} ${first.why}`;
}
