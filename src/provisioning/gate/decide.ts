/** Plan, gate and assignment of one subject: what the worker carries out, and what a dry run shows. Pure. */
import { UNTRIED, type AvailableCapabilities } from '../plan/available-capabilities.ts';
import type { NamesOf } from '../plan/describe-task.ts';
import { planGroup } from '../plan/plan-group.ts';
import { planUser } from '../plan/plan-user.ts';
import type { Policy } from '../plan/policy.ts';
import type { SubjectState } from '../plan/subject-state.ts';
import { assign, type Decision } from './assign.ts';
import { gate } from './gate.ts';

/** @param names for the tasks of a group; ids when absent */
export function decide(
  state: SubjectState,
  policy: Policy,
  available: AvailableCapabilities = UNTRIED,
  names?: NamesOf,
): Decision {
  const plan =
    state.kind === 'user' ? planUser(state.user, policy, available) : planGroup(state.group, policy);
  return assign(gate(plan, policy, state.connection), available, names);
}
