/** The rule of matching over a list of users and a list of members. Pure. */
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import { byKey } from './by-key.ts';
import { addressOf, matchAmong, type Matching, type MatchUser, type PeopleIndex } from './matching.ts';

/**
 * @param users all who are linked to one of the members, or have the address of one
 * @param members all that one of the users is linked to, or that have the address of one
 */
export function matchAccounts(users: readonly MatchUser[], members: readonly ObservedMember[]): Matching {
  return matchAmong(indexPeople(users, members));
}

function indexPeople(users: readonly MatchUser[], members: readonly ObservedMember[]): PeopleIndex {
  const byId = new Map(users.map((user) => [user.id, user]));
  const byMemberKey = new Map(members.map((member) => [memberKey(member), member]));
  const usersByAddress = byKey(users, ({ accountKey }) => accountKey);
  const usersByToken = byKey(users, ({ link }) => link?.token);
  const membersByAddress = byKey(members, addressOf);
  return {
    user: (id) => byId.get(id),
    member: (key) => byMemberKey.get(key),
    usersAt: (address) => usersByAddress.get(address),
    usersLinkedTo: (token) => usersByToken.get(token),
    membersAt: (address) => membersByAddress.get(address),
  };
}
