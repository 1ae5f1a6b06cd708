/** Plan, gate and assignment of one subject, for the worker and for dry runs. Pure. */
import { UNTRIED, type AvailableCapabilities } from '../plan/available-capabilities.ts';
import type { NamesOf } from '../plan/describe-task.ts';
import { planSubject } from '../plan/plan-subject.ts';
import type { Policy } from '../plan/policy.ts';
import type { SubjectState } from '../plan/subject-state.ts';
import { assign, type Decision } from './assign.ts';
import { NO_REMOVALS } from './breaker.ts';
import { gate, type Window } from './gate.ts';

/** Data that is read only when a plan has removals or invites. */
export type KnownBesides = Pick<Window, 'memberCount' | 'removals'>;

export const NOTHING_BESIDES: KnownBesides = { memberCount: null, removals: NO_REMOVALS };

/**
 * @param names for the tasks of a group; ids when absent
 * @param plan the plan of that state, if it already exists
 */
export function decide(
  state: SubjectState,
  policy: Policy,
  available: AvailableCapabilities = UNTRIED,
  names?: NamesOf,
  known: KnownBesides = NOTHING_BESIDES,
  plan = planSubject(state, policy, available),
): Decision {
  const adminCount = state.kind === 'user' ? state.user.adminCount : null;
  const window = { connection: state.connection, adminCount, ...known };
  return assign(gate(plan, policy, window), available, names);
}
