/** Where the rule of matching looks people up: users and members by what they are found by. Pure. */
import { byKey } from './by-key.ts';
import { foldAddress } from '../model/fold-address.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { MatchUser } from './matching.ts';

/** Addresses are folded, tokens are of accounts. */
export interface PeopleIndex {
  user(id: string): MatchUser | undefined;
  /** @param key as of `memberKey` */
  member(key: string): ObservedMember | undefined;
  usersAt(address: string): readonly MatchUser[];
  usersLinkedTo(token: string): readonly MatchUser[];
  membersAt(address: string): readonly ObservedMember[];
}

export function indexPeople(users: readonly MatchUser[], members: readonly ObservedMember[]): PeopleIndex {
  const byId = new Map(users.map((user) => [user.id, user]));
  const byMemberKey = new Map(members.map((member) => [memberKey(member), member]));
  const usersByAddress = byKey(users, (user) => user.accountKey);
  const usersByToken = byKey(users, (user) => user.link?.token);
  const membersByAddress = byKey(members, addressOf);
  return {
    user: (id) => byId.get(id),
    member: (key) => byMemberKey.get(key),
    usersAt: (address) => usersByAddress.get(address),
    usersLinkedTo: (token) => usersByToken.get(token),
    membersAt: (address) => membersByAddress.get(address),
  };
}

export function addressOf({ email }: Pick<ObservedMember, 'email'>): string | null {
  return email === null ? null : foldAddress(email);
}
