/** The capabilities that the plan of one subject can use now. */
import type { Subject } from '../../directory/subject.ts';
import {
  meansFor,
  type AvailableCapabilities,
  type RefusedStep,
} from '../../provisioning/plan/available-capabilities.ts';
import type { TaskAction } from '../../provisioning/plan/task.ts';
import type { WorkContext } from '../work-context.ts';

export type RefusedSteps = ReadonlyMap<TaskAction, RefusedStep>;

/** @param refusals refusals in this try of the job */
export async function findAvailableCapabilities(
  { workspace, tasks, target, clock }: WorkContext,
  subject: Subject,
  refusals: RefusedSteps,
): Promise<AvailableCapabilities> {
  const { capabilities } = target;
  const known = meansFor(capabilities.routes(), await tasks.remembered(workspace, subject), {
    ownsManaged: capabilities.ownsManaged,
    afreshAt: capabilities.afreshAt,
    now: clock.now(),
  });
  const available = { ...known, full: target.seats?.full === true };
  if (refusals.size === 0) return available;
  return { ...available, refusedSteps: new Map([...available.refusedSteps, ...refusals]) };
}
