/**
 * What would be done about one subject if its connection was live: the decision that the worker would carry out. Pure. The
 * breaker holds nothing: whoever goes live with a plan has approved its removals.
 */
import type { Decision } from '../gate/assign.ts';
import { decide, NOTHING_BESIDES } from '../gate/decide.ts';
import type { AvailableCapabilities } from '../plan/available-capabilities.ts';
import type { NamesOf } from '../plan/describe-task.ts';
import type { GroupState } from '../plan/plan-group.ts';
import type { UserState } from '../plan/plan-user.ts';
import type { Policy } from '../plan/policy.ts';

type State =
  | { readonly kind: 'user'; readonly user: UserState }
  | { readonly kind: 'group'; readonly group: GroupState };

const NO_BREAKER = { count: Infinity, percent: 100, windowMs: 0 };

interface Besides {
  readonly names?: NamesOf;
  /** Members and pending invites that the target has then. */
  readonly memberCount?: number;
}

export function decideAsLive(
  state: State,
  policy: Policy,
  available: AvailableCapabilities,
  { names, memberCount = 0 }: Besides = {},
): Decision {
  const known = { ...NOTHING_BESIDES, memberCount };
  return decide(
    { ...state, connection: 'live' },
    { ...policy, breaker: NO_BREAKER },
    available,
    names,
    known,
  );
}
