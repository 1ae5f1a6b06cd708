/**
 * The one rule that says which account of the target a user is: the linked account, else the account that has the user's
 * address; never an account that an operator refused, another user's account, or an account whose removal is under way.
 * Pure. The store has the same rule as SQL for large reads; a property test compares the two.
 */
import { foldAddress } from '../model/fold-address.ts';
import type { LinkOrigin } from '../ports/link-store.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';

/** The facts about a user that the rule needs. Rows that are hidden (deleted, and never pushed) are left out. */
export interface MatchUser {
  readonly id: string;
  readonly userName: string;
  /** False for a member of the target that no IdP has pushed. */
  readonly owned: boolean;
  /** Active and not deleted. */
  readonly wanted: boolean;
  /** The IdP has deactivated or deleted the user, and no read has shown since that the account is gone. */
  readonly leaving: boolean;
  /** The folded address under which the IdP wants or last wanted the user. */
  readonly accountKey: string | null;
  readonly createdAt: number;
  readonly link: { readonly token: string; readonly origin: LinkOrigin } | null;
  /** Tokens of accounts whose link to the user an operator dropped. */
  readonly refused: ReadonlySet<string>;
  /** Folded addresses that were invited for this user, and that were not accepted while they belonged to the user. */
  readonly unaccepted: ReadonlySet<string>;
}

/** Why a user has no account although an account has the address, or although they could be invited. */
export type MatchObstacle =
  /** Several accounts have the address, and none is linked to the user. */
  | { readonly kind: 'several'; readonly count: number }
  /** An operator said that it is not this user's. */
  | { readonly kind: 'refused' }
  /** It is the account of a user who is leaving. */
  | { readonly kind: 'leaving'; readonly userName: string }
  /** It is the account of another user, or that user will be invited under the address. */
  | { readonly kind: 'conflict'; readonly userName: string };

export interface AccountMatch {
  readonly member: ObservedMember | null;
  /** How the account was found; null when it was not. */
  readonly by: 'link' | 'address' | null;
  readonly obstacle: MatchObstacle | null;
}

export interface Matching {
  of(userId: string): AccountMatch;
  /** The user whose account it is; undefined when there is none. */
  holderOf(member: ObservedMember): MatchUser | undefined;
}

/** The look-ups that the rule needs. Addresses are folded; tokens are the ids of accounts. */
export interface PeopleIndex {
  user(id: string): MatchUser | undefined;
  /** @param key as of `memberKey` */
  member(key: string): ObservedMember | undefined;
  usersAt(address: string): readonly MatchUser[];
  usersLinkedTo(token: string): readonly MatchUser[];
  membersAt(address: string): readonly ObservedMember[];
}

const NOTHING: AccountMatch = { member: null, by: null, obstacle: null };

export function matchAmong(people: PeopleIndex): Matching {
  const linkedTo = (user: MatchUser) => (user.link === null ? undefined : people.member(user.link.token));

  /** No valid link decides, so the address does. */
  function isFree(user: MatchUser): boolean {
    const member = linkedTo(user);
    if (member === undefined) return user.wanted || !user.owned || hasNoOtherAccount(user);
    return user.owned && user.wanted && !wantedLinkHolds(user, member);
  }

  /**
   * The account of a user who left with a link is the linked one. Another account of their last address may be a
   * stranger's, unless the address was invited for the user.
   */
  function hasNoOtherAccount({ link, accountKey, unaccepted }: MatchUser): boolean {
    return link === null || (accountKey !== null && unaccepted.has(accountKey));
  }

  /** Pushed users who may be the account because they have its address. */
  function claims(member: ObservedMember): readonly MatchUser[] {
    const address = addressOf(member);
    if (address === null) return [];
    return people.usersAt(address).filter((user) => user.owned && isFree(user) && !refuses(user, member));
  }

  function linkHolds(user: MatchUser, member: ObservedMember): boolean {
    if (!user.owned) return claims(member).length === 0;
    if (user.wanted) return wantedLinkHolds(user, member);
    // An account that came back after the removal belongs to the user who is wanted under its address now.
    return user.leaving || !claims(member).some((other) => other.wanted);
  }

  function linkedHolder(member: ObservedMember, user: MatchUser): MatchUser | undefined {
    if (member.accountId === null) return undefined;
    const others = people
      .usersLinkedTo(member.accountId)
      .filter((other) => other.id !== user.id && (other.owned || !user.owned) && linkHolds(other, member));
    return first(others);
  }

  /** The user of the same address who comes before this one. */
  function betterClaim(member: ObservedMember, user: MatchUser): MatchUser | undefined {
    const others = people
      .usersAt(user.accountKey ?? '')
      .filter((other) => other.id !== user.id && isFree(other) && !refuses(other, member));
    return first(others.filter((other) => compare(other, user) < 0));
  }

  function obstacleTo(user: MatchUser, member: ObservedMember): MatchObstacle | null {
    if (refuses(user, member)) return { kind: 'refused' };
    const other = linkedHolder(member, user) ?? betterClaim(member, user);
    if (other === undefined) return null;
    return { kind: other.leaving ? 'leaving' : 'conflict', userName: other.userName };
  }

  function byAddressOf(user: MatchUser): AccountMatch {
    if (user.accountKey === null) return NOTHING;
    // Sorted, so that the obstacle does not depend on the order in which rows were read.
    const inOrder = people
      .membersAt(user.accountKey)
      .toSorted((a, b) => (memberKey(a) < memberKey(b) ? -1 : 1));
    const same = inOrder.map((member) => ({
      member,
      present: member.state !== 'former',
      obstacle: obstacleTo(user, member),
    }));
    const open = same.filter((one) => one.obstacle === null);
    const present = open.filter((one) => one.present);
    const fitting = present.length > 0 ? present : open;
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1)
      return { member: only.member, by: 'address', obstacle: null };
    if (present.length > 1) return { ...NOTHING, obstacle: { kind: 'several', count: present.length } };
    const shut = same.find((one) => one.present) ?? same.find((one) => one.obstacle !== null);
    return { ...NOTHING, obstacle: shut?.obstacle ?? rivalOf(user) };
  }

  /**
   * Without an account, the first user who is wanted under the address is invited, once no leaver has it. An invite
   * would give a leaver's account back, even when no list shows it, and it would be removed again.
   */
  function rivalOf(user: MatchUser): MatchObstacle | null {
    const others = people
      .usersAt(user.accountKey ?? '')
      .filter(
        (other) =>
          other.id !== user.id && other.owned && (other.wanted ? isFree(other) : isStillLeaving(other)),
      );
    const other = first(others.filter((one) => compare(one, user) < 0));
    return other === undefined
      ? null
      : { kind: other.leaving ? 'leaving' : 'conflict', userName: other.userName };
  }

  /** Also with a link to an account that no list shows any more, because an invite may bring that account back. */
  function isStillLeaving(user: MatchUser): boolean {
    return user.leaving && (isFree(user) || linkedTo(user) === undefined);
  }

  function matchOf(user: MatchUser): AccountMatch {
    const linked = linkedTo(user);
    if (linked !== undefined && linkHolds(user, linked))
      return { member: linked, by: 'link', obstacle: null };
    return isFree(user) ? byAddressOf(user) : NOTHING;
  }

  const known = new Map<string, AccountMatch>();
  const of = (userId: string): AccountMatch => {
    const before = known.get(userId);
    if (before !== undefined) return before;
    const user = people.user(userId);
    const match = user === undefined ? NOTHING : matchOf(user);
    known.set(userId, match);
    return match;
  };
  return {
    of,
    holderOf: (member) => {
      const key = memberKey(member);
      const [token, address] = [member.accountId, addressOf(member)];
      const linked = people.usersLinkedTo(token ?? '');
      return [...linked, ...people.usersAt(address ?? '')].find((user) => {
        const match = of(user.id).member;
        return match !== null && memberKey(match) === key;
      });
    },
  };
}

/**
 * An account that was never accepted under the user's address follows the address. An operator's decision stands,
 * except for a former member, who can only be invited under their own address.
 */
function wantedLinkHolds(user: MatchUser, member: ObservedMember): boolean {
  const address = addressOf(member);
  if (address === null || address === user.accountKey) return true;
  if (member.state === 'former') return false;
  if (user.link?.origin === 'operator') return true;
  return member.state === 'active' && !user.unaccepted.has(address);
}

function refuses(user: MatchUser, member: ObservedMember): boolean {
  return member.accountId !== null && user.refused.has(member.accountId);
}

/** Leavers first, so that their account is removed; then wanted users, then other pushed users. */
function rank(user: MatchUser): number {
  if (!user.owned) return 3;
  if (user.leaving) return 0;
  return user.wanted ? 1 : 2;
}

function compare(a: MatchUser, b: MatchUser): number {
  return rank(a) - rank(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

function first(users: readonly MatchUser[]): MatchUser | undefined {
  return users.toSorted(compare)[0];
}

export function addressOf({ email }: Pick<ObservedMember, 'email'>): string | null {
  return email === null ? null : foldAddress(email);
}
