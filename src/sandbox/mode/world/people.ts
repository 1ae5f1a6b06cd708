/** The accounts of a workspace, with indexes by token, membership token, username and e-mail. */
import type { NewToken } from './new-token.ts';
import type { Member } from './member.ts';

export interface People {
  all(): readonly Member[];
  /** The first match, in the order in which people were added. */
  find(matches: (member: Member) => boolean): Member | undefined;
  byToken(memberToken: string): Member | undefined;
  byMembership(membershipToken: string): Member | undefined;
  byUsername(username: string): Member | undefined;
  /** Ignores case. Returns the first of several. */
  byEmail(email: string): Member | undefined;
  /** @param placeholder the username until the invite is accepted; the final one is derived from the address */
  add(given: Partial<Member> & { email: string }, now: number, placeholder?: string): Member;
  /** Adds a deleted record again. */
  restore(member: Member): void;
  forget(member: Member): void;
  /** Changes fields that have an index. */
  change(member: Member, change: Partial<Pick<Member, 'membershipToken' | 'username' | 'email'>>): void;
}

export function createPeople(newToken: NewToken): People {
  const people = new Map<string, Member>();
  const memberships = new Map<string, Member>();
  const usernames = new Map<string, Member>();
  /** Several people may have the same address. */
  const emails = new Map<string, Set<Member>>();
  let lastUserId = 1000;

  function index(member: Member): void {
    memberships.set(member.membershipToken, member);
    usernames.set(member.username, member);
    const email = member.email.toLowerCase();
    emails.set(email, (emails.get(email) ?? new Set()).add(member));
  }

  function unindex(member: Member): void {
    memberships.delete(member.membershipToken);
    usernames.delete(member.username);
    const email = member.email.toLowerCase();
    emails.get(email)?.delete(member);
    if (emails.get(email)?.size === 0) emails.delete(email);
  }

  return {
    all: () => [...people.values()],
    find: (matches) => {
      for (const member of people.values()) if (matches(member)) return member;
      return undefined;
    },
    byToken: (token) => people.get(token),
    byMembership: (token) => memberships.get(token),
    byUsername: (username) => usernames.get(username),
    byEmail: (email) => emails.get(email.toLowerCase())?.values().next().value,
    add: (given, now, placeholder) => {
      lastUserId += 1;
      const state = given.state ?? 'active';
      const local = given.email.split('@')[0]?.replaceAll(/[^a-z0-9]/gi, '') ?? 'user';
      const finalUsername = given.finalUsername ?? given.username ?? `${local}${lastUserId}`;
      const member: Member = {
        memberToken: given.memberToken ?? newToken(),
        membershipToken: given.membershipToken ?? newToken(),
        username: placeholder ?? finalUsername,
        finalUsername,
        userId: String(lastUserId),
        email: given.email,
        name: given.name ?? '',
        state,
        admin: given.admin ?? false,
        managedByScim: given.managedByScim ?? false,
        createdAt: now,
        activatedAt: state === 'active' ? now : null,
        bannedAt: state === 'banned' ? now : null,
        lastActiveAt: given.lastActiveAt ?? null,
      };
      people.set(member.memberToken, member);
      index(member);
      return member;
    },
    restore: (member) => {
      people.set(member.memberToken, member);
      index(member);
    },
    forget: (member) => {
      unindex(member);
      people.delete(member.memberToken);
    },
    change: (member, change) => {
      unindex(member);
      Object.assign(member, change);
      index(member);
    },
  };
}
