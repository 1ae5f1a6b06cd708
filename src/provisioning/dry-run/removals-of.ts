/** The removals that whoever carries out a plan approves. Pure. */
import type { Subject } from '../../directory/subject.ts';
import type { Removal } from '../gate/removal.ts';
import { isTaken, type PlannedStep } from './planned-step.ts';

export type ApprovedRemoval = Removal & { readonly subject: Subject };

/** @returns each removal that the steps make, once */
export function removalsOf(steps: Iterable<PlannedStep>): readonly ApprovedRemoval[] {
  const removals = new Map<string, ApprovedRemoval>();
  for (const step of steps) {
    const { subject, removal } = step;
    if (isTaken(step) && removal !== undefined)
      removals.set(`${subject.id} ${removal.key}`, { ...removal, subject });
  }
  return [...removals.values()];
}
