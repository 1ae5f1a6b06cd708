/** What the plan of one subject may count on now. */
import type { Subject } from '../../directory/subject.ts';
import { meansFor, type Means, type RefusedStep } from '../../provisioning/plan/means.ts';
import type { TaskAction } from '../../provisioning/plan/task.ts';
import type { WorkContext } from '../work-context.ts';

export type Refusals = ReadonlyMap<TaskAction, RefusedStep>;

/** @param refusals what was refused in this try of the job */
export async function meansOf(
  { workspace, tasks, target, clock }: WorkContext,
  subject: Subject,
  refusals: Refusals,
): Promise<Means> {
  const { capabilities } = target;
  const known = meansFor(capabilities.routes(), await tasks.remembered(workspace, subject), {
    ownsManaged: capabilities.ownsManaged,
    afreshAt: capabilities.afreshAt,
    now: clock.now(),
  });
  const means = { ...known, full: target.seats?.full === true };
  if (refusals.size === 0) return means;
  return { ...means, refusedSteps: new Map([...means.refusedSteps, ...refusals]) };
}
