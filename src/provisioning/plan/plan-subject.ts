/** The plan of one subject, a user or a group. Pure. */
import type { AvailableCapabilities } from './available-capabilities.ts';
import { planGroup } from './plan-group.ts';
import { planUser } from './plan-user.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';
import type { SubjectState } from './subject-state.ts';

export function planSubject(state: SubjectState, policy: Policy, available: AvailableCapabilities): Plan {
  return state.kind === 'user' ? planUser(state.user, policy, available) : planGroup(state.group, policy);
}
