/** Says in a sentence why an account of the target belongs to a user. Pure. */
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';

const LINKED = {
  auto: '{target} had the account, and the bridge took it over because it had the address of the user',
  invited: 'the bridge invited the account',
  operator: 'an operator linked it',
} as const;

/** @param state undefined when the directory does not have the person */
export function matchText(state: UserState | undefined, member: ObservedMember): string {
  if (state === undefined) return 'Nobody in the directory is linked to the account.';
  const { desired, match } = state;
  if (!desired.owned) return 'The bridge shows the member to the IdP, and no IdP has pushed them.';
  if (match.by === 'link') return `By a link: ${LINKED[desired.linkOrigin ?? 'auto']}.`;
  const invited = member.state === 'invited' ? ' Their invite is not accepted yet.' : '';
  return `By the address ${member.email ?? ''}: there is no link yet.${invited}`;
}
