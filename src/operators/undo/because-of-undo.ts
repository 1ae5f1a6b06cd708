/** Gives the steps of an undo its reason: the IdP states what it stated before, and the undo changes that. Pure. */
import { isTaken, type PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import { reason } from '../../provisioning/reason/reason.ts';
import type { Restored } from './restored.ts';

/**
 * A step that is held, a task or blocked keeps its own reason. So does a step about a person without a value that is set back,
 * such as a person who waited for an address that the undo frees.
 * @param times of the window, milliseconds since the epoch
 */
export function becauseOfUndo(
  steps: readonly PlannedStep[],
  restored: readonly Restored[],
  times: { readonly from: number; readonly to: number },
): readonly PlannedStep[] {
  const own = new Set(restored.flatMap(({ subject, userId }) => [subject.id, userId ?? subject.id]));
  const [from, to] = [times.from, times.to].map((at) => new Date(at).toISOString());
  const why = [reason('plan_undo', { from: from ?? '', to: to ?? '' })];
  return steps.map((step) =>
    isTaken(step) && (step.subject.kind === 'group' || own.has(step.subject.id)) ? { ...step, why } : step,
  );
}
