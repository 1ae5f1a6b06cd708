/** Which link follows from the plan of a user. Pure. */
import type { LinkOrigin } from '../ports/link-store.ts';
import type { Plan } from './plan.ts';
import type { UserState } from './plan-user.ts';

export interface LearnedLink {
  /** Null: the user has no account any more. */
  readonly token: string | null;
  readonly origin: LinkOrigin;
}

/**
 * A link that the rule does not follow any more is dropped, so that nobody takes the account for the user's.
 * @returns undefined when the plan teaches nothing new
 */
export function learnedLink(
  { desired, match, invite }: UserState,
  { link: token }: Pick<Plan, 'link'>,
): LearnedLink | undefined {
  const stale = desired.accountId !== null && match.by !== 'link' && desired.wanted && desired.owned;
  if (token === null ? !stale : token === desired.accountId) return undefined;
  return { token, origin: (invite?.sends ?? 0) > 0 ? 'invited' : 'auto' };
}
