/** The state of one user for planning, matched by the real rule. */
import type { DesiredUser } from '../../src/provisioning/model/desired.ts';
import { matchAccounts } from '../../src/provisioning/matching/match-accounts.ts';
import type { MatchUser } from '../../src/provisioning/matching/matching.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import type { UserState } from '../../src/provisioning/plan/plan-user.ts';

export function matchUser(more: Partial<MatchUser> = {}): MatchUser {
  return {
    id: 'u',
    userName: 'jane',
    owned: true,
    wanted: true,
    leaving: false,
    accountKey: 'jane@x.test',
    createdAt: 5,
    link: null,
    refused: new Set(),
    unaccepted: new Set(),
    ...more,
  };
}

/**
 * @param members everything that Mode lists
 * @param others the other users of the directory
 */
export function userState(
  desired: DesiredUser,
  members: readonly ObservedMember[],
  {
    others = [],
    own = {},
    ...more
  }: Partial<UserState> & {
    readonly others?: readonly MatchUser[];
    readonly own?: Partial<MatchUser>;
  } = {},
): UserState {
  const { id, owned, wanted, email, accountId, linkOrigin } = desired;
  const link = accountId === null ? null : { token: accountId, origin: linkOrigin ?? 'auto' };
  const user = matchUser({ id, owned, wanted, accountKey: email?.toLowerCase() ?? null, link, ...own });
  const match = matchAccounts([user, ...others], members).of(id);
  return { desired, match, takenBack: [], adminCount: 2, ...more };
}
