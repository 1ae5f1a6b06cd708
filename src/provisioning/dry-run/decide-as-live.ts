/** What would be done about one subject if its connection was live: the decision that the worker would carry out. Pure. */
import type { Decision } from '../gate/assign.ts';
import { decide } from '../gate/decide.ts';
import type { AvailableCapabilities } from '../plan/available-capabilities.ts';
import type { NamesOf } from '../plan/describe-task.ts';
import type { GroupState } from '../plan/plan-group.ts';
import type { UserState } from '../plan/plan-user.ts';
import type { Policy } from '../plan/policy.ts';

type State =
  | { readonly kind: 'user'; readonly user: UserState }
  | { readonly kind: 'group'; readonly group: GroupState };

export function decideAsLive(
  state: State,
  policy: Policy,
  available: AvailableCapabilities,
  names?: NamesOf,
): Decision {
  return decide({ ...state, connection: 'live' }, policy, available, names);
}
