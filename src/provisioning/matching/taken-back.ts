/**
 * Accounts and pending invites of addresses that were invited for a user, that the IdP has changed since, and that no
 * other user has. Pure.
 */
import type { ObservedMember } from '../model/observed.ts';
import type { Matching, MatchUser } from './matching.ts';

export interface Neighbours {
  readonly matching: Matching;
  /** @param address folded */
  membersAt(address: string): readonly ObservedMember[];
  /** The users who have the address now. @param address folded */
  usersAt(address: string): readonly MatchUser[];
}

export function takenBack(
  { id, accountKey, unaccepted }: Pick<MatchUser, 'id' | 'accountKey' | 'unaccepted'>,
  { matching, membersAt, usersAt }: Neighbours,
): readonly ObservedMember[] {
  const found: ObservedMember[] = [];
  for (const address of unaccepted) {
    if (address === accountKey) continue;
    // The address belongs to another user. A user who is linked to an account does not need a second one.
    const isTheirs = usersAt(address).some(
      (user) => user.id !== id && user.owned && user.wanted && matching.of(user.id).by !== 'link',
    );
    if (isTheirs) continue;
    found.push(...membersAt(address).filter((member) => matching.holderOf(member)?.owned !== true));
  }
  return found;
}
