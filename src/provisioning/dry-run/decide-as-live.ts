/**
 * What would be done about one subject if its connection was live: the decision that the worker would carry out. Pure. The
 * breaker holds nothing: whoever goes live with a plan has approved its removals. What somebody has rejected stays rejected.
 */
import type { Decision } from '../gate/assign.ts';
import { NO_REMOVALS } from '../gate/breaker.ts';
import { decide } from '../gate/decide.ts';
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
  /** Keys of removals of the subject that somebody has rejected. */
  readonly rejected?: ReadonlySet<string>;
  /** Accounts that stay in the workspace although the IdP removes them: they stay in its groups, too. */
  readonly staying?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function decideAsLive(
  state: State,
  policy: Policy,
  available: AvailableCapabilities,
  { names, memberCount = 0, rejected = NONE, staying = NONE }: Besides = {},
): Decision {
  const decided = new Map([...rejected].map((key) => [key, 'rejected' as const]));
  const leaving = new Map([...staying].map((accountId) => [accountId, 'first' as const]));
  const known = { memberCount, removals: { ...NO_REMOVALS, decided, leaving } };
  return decide(
    { ...state, connection: 'live' },
    { ...policy, breaker: NO_BREAKER },
    available,
    names,
    known,
  );
}
