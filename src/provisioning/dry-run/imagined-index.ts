/**
 * The simulated users and members of a dry run, indexed for matching. A matching stays valid until `match` is called again,
 * whatever changes meanwhile, because the earlier values of what changed are kept. So one index of a hundred thousand people
 * serves every matching.
 */
import { emptyByKey } from '../matching/by-key.ts';
import { addressOf, matchAmong, type Matching, type PeopleIndex } from '../matching/matching.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { DryRunPeople, DryRunUser } from './dry-run-facts.ts';

export interface ImaginedIndex {
  /** By id, as they are now. */
  readonly users: ReadonlyMap<string, DryRunUser>;
  /** By `memberKey`, as they are now. */
  readonly members: ReadonlyMap<string, ObservedMember>;
  /** As everybody was when `match` was called last. */
  readonly matching: Matching;
  /** The people of that moment. */
  readonly matched: PeopleIndex;
  match(): void;
  /** Users whose address it is. @param address folded */
  usersAt(address: string): readonly DryRunUser[];
  usersLinkedTo(token: string): readonly DryRunUser[];
  /** Ids of the users who have the address, were invited under it, or are linked to the account. */
  near(address: string | null, token: string | null): ReadonlySet<string>;
  /** Replaces the user with the same id. The address of a user never changes this way. */
  putUser(user: DryRunUser): void;
  putMember(member: ObservedMember): void;
  removeMember(key: string): void;
}

export function imaginedIndex(facts: DryRunPeople): ImaginedIndex {
  const users = new Map<string, DryRunUser>();
  const members = new Map<string, ObservedMember>();
  /** As they were at the last matching; null: there was no such member. Only those that were changed since. */
  let usersBefore = new Map<string, DryRunUser>();
  let membersBefore = new Map<string, ObservedMember | null>();
  // Ids and keys of all that have the key now, and of some that had it earlier: every look-up compares again.
  const usersByAddress = emptyByKey<string, string>();
  const invitedUnder = emptyByKey<string, string>();
  const usersByToken = emptyByKey<string, string>();
  const membersByAddress = emptyByKey<string, string>();
  for (const user of facts.users) {
    const { id, accountKey, unaccepted, link } = user;
    users.set(id, user);
    if (accountKey !== null) usersByAddress.add(accountKey, id);
    for (const address of unaccepted) invitedUnder.add(address, id);
    if (link !== null) usersByToken.add(link.token, id);
  }
  for (const member of facts.members) addMember(memberKey(member), member);

  function addMember(key: string, member: ObservedMember): void {
    members.set(key, member);
    const address = addressOf(member);
    if (address !== null) membersByAddress.add(address, key);
  }

  function rememberMember(key: string): void {
    if (!membersBefore.has(key)) membersBefore.set(key, members.get(key) ?? null);
  }

  const matched = viewOf(
    (id) => usersBefore.get(id) ?? users.get(id),
    (key) => {
      const before = membersBefore.get(key);
      return before === undefined ? members.get(key) : (before ?? undefined);
    },
  );
  const now = viewOf(
    (id) => users.get(id),
    (key) => members.get(key),
  );
  let matching = matchAmong(matched);

  function viewOf(
    user: (id: string) => DryRunUser | undefined,
    member: (key: string) => ObservedMember | undefined,
  ) {
    const found = <Key, Value>(keys: readonly Key[], get: (key: Key) => Value | undefined) =>
      keys.flatMap((key) => get(key) ?? []);
    return {
      user,
      member,
      usersAt: (address: string) => found(usersByAddress.get(address), user),
      usersLinkedTo: (token: string) =>
        found(usersByToken.get(token), user).filter(({ link }) => link?.token === token),
      membersAt: (address: string) =>
        found(membersByAddress.get(address), member).filter((each) => addressOf(each) === address),
    };
  }

  return {
    users,
    members,
    matched,
    get matching() {
      return matching;
    },
    match: () => {
      usersBefore = new Map();
      membersBefore = new Map();
      matching = matchAmong(matched);
    },
    usersAt: now.usersAt,
    usersLinkedTo: now.usersLinkedTo,
    near: (address, token) =>
      new Set([
        ...usersByAddress.get(address ?? ''),
        ...invitedUnder.get(address ?? ''),
        ...now.usersLinkedTo(token ?? '').map(({ id }) => id),
      ]),
    putUser: (user) => {
      const before = users.get(user.id);
      if (before !== undefined && !usersBefore.has(user.id)) usersBefore.set(user.id, before);
      if (user.link !== null) usersByToken.add(user.link.token, user.id);
      users.set(user.id, user);
    },
    putMember: (member) => {
      const key = memberKey(member);
      rememberMember(key);
      addMember(key, member);
    },
    removeMember: (key) => {
      rememberMember(key);
      members.delete(key);
    },
  };
}
