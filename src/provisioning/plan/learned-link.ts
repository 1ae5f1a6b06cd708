/** The link that follows from the plan of a user. Pure. */
import type { LinkOrigin } from '../ports/link-store.ts';
import type { Plan } from './plan.ts';
import type { UserState } from './plan-user.ts';

export interface LearnedLink {
  /** Null when the user no longer has an account. */
  readonly token: string | null;
  readonly origin: LinkOrigin;
}

/** A link that the matching rule no longer uses is removed. @returns undefined when nothing changes */
export function learnedLink(
  { desired, match, invite }: UserState,
  { link: token }: Pick<Plan, 'link'>,
): LearnedLink | undefined {
  const stale = desired.accountId !== null && match.by !== 'link' && desired.wanted && desired.owned;
  if (token === null ? !stale : token === desired.accountId) return undefined;
  return { token, origin: (invite?.sends ?? 0) > 0 ? 'invited' : 'auto' };
}
