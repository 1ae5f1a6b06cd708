/** The people of a workspace as they would be after the steps of a plan. It starts as the store knows them. */
import type { Subject } from '../../directory/subject.ts';
import type { Invite } from '../invite/invite.ts';
import { addressOf, type Matching } from '../matching/matching.ts';
import { takenBack } from '../matching/taken-back.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { profileOf } from '../model/profile.ts';
import { recordApplied } from '../observe/record-applied.ts';
import type { LearnedLink } from '../plan/learned-link.ts';
import type { UserState } from '../plan/plan-user.ts';
import type { DryRunPeople, DryRunUser } from './dry-run-facts.ts';
import { imaginedIndex } from './imagined-index.ts';

export interface ImaginedPeople {
  readonly users: ReadonlyMap<string, DryRunUser>;
  /** By `memberKey`. */
  readonly members: ReadonlyMap<string, ObservedMember>;
  /** Keys of accounts whose invite is not accepted yet, and is imagined to be. */
  readonly accepted: ReadonlySet<string>;
  /** Keys of accounts that a step has removed from the workspace, also when they were invited again. */
  readonly removed: ReadonlySet<string>;
  /** Accounts of people who must leave and whose removal from the workspace is held: they keep their groups. */
  readonly staying: ReadonlySet<string>;
  /** The same of people of other connections, whose removal is theirs to decide. */
  readonly leavingElsewhere: ReadonlySet<string>;
  /** As everybody is now; it stands until `match` is called again. */
  readonly matching: Matching;
  /** Members and pending invites. */
  readonly memberCount: number;
  /** Matches everybody again. */
  match(): void;
  stateOf(user: DryRunUser, now: number): UserState;
  /** @returns the users whom the step concerns */
  apply(operation: Operation, subject: Subject, now: number): ReadonlySet<string>;
  /** @returns the users whom it concerns */
  link(user: DryRunUser, link: LearnedLink): ReadonlySet<string>;
  /** The account stays, because its removal from the workspace is held. */
  stay(accountId: string): void;
  /** The account leaves, or stays, as another connection decides. */
  leaveElsewhere(accountId: string): void;
  /** The user has left for good. @returns the users whom it concerns */
  left(user: DryRunUser): ReadonlySet<string>;
  /** Everybody accepts. @returns the users whom it concerns */
  acceptInvites(): ReadonlySet<string>;
}

export function imaginePeople(facts: DryRunPeople): ImaginedPeople {
  const index = imaginedIndex(facts);
  const { users, members } = index;
  const invites = new Map(facts.invites);
  const accepted = new Set<string>();
  const removed = new Set<string>();
  const staying = new Set<string>();
  const leavingElsewhere = new Set<string>();
  let admins = facts.members.filter(isActiveAdmin).length;
  let present = facts.members.filter(isPresent).length;

  function put(member: ObservedMember): void {
    const before = members.get(memberKey(member));
    admins += Number(isActiveAdmin(member)) - Number(before !== undefined && isActiveAdmin(before));
    present += Number(isPresent(member)) - Number(before !== undefined && isPresent(before));
    index.putMember(member);
  }

  const { near } = index;
  const nearMember = ({ email, accountId }: ObservedMember) => near(addressOf({ email }), accountId);
  const nearUser = ({ accountKey, link }: DryRunUser) => near(accountKey, link?.token ?? null);

  return {
    users,
    members,
    accepted,
    removed,
    staying,
    leavingElsewhere,
    get memberCount() {
      return present;
    },
    get matching() {
      return index.matching;
    },
    match: index.match,

    stateOf: (user, now) => ({
      desired: {
        id: user.id,
        owned: user.owned,
        wanted: user.wanted,
        ...profileOf(user),
        admin: user.admin,
        accountId: user.link?.token ?? null,
        linkOrigin: user.link?.origin ?? null,
      },
      match: index.matching.of(user.id),
      takenBack: takenBack(user, {
        matching: index.matching,
        membersAt: index.matched.membersAt,
        usersAt: index.usersAt,
      }),
      adminCount: admins,
      invite: invites.get(addressOf(user) ?? ''),
      now,
    }),

    apply: (operation, subject, now) => {
      if (operation.type === 'remove_member') removed.add(memberKey(operation.member));
      const recorded = recordApplied(operation, {}, subject, now);
      const concerned = new Set<string>();
      for (const member of recorded.members?.upsert ?? []) {
        const before = members.get(memberKey(member));
        put(member);
        for (const id of [...nearMember(member), ...(before === undefined ? [] : nearMember(before))])
          concerned.add(id);
      }
      for (const event of recorded.invites ?? []) {
        const address = addressOf(event) ?? '';
        if (event.kind === 'sent')
          invites.set(address, sent(invites.get(address), event.email, subject, now));
        else if (event.kind === 'ended') invites.delete(address);
      }
      return concerned;
    },

    link: (user, { token, origin }) => {
      const concerned = new Set(nearUser(user));
      const others = token === null ? [] : index.usersLinkedTo(token).filter(({ id }) => id !== user.id);
      // An operator's link stays.
      const isFree = others.every(({ link }) => link?.origin !== 'operator');
      const made = token !== null && isFree ? { token, origin } : null;
      for (const other of made === null ? [] : others) {
        index.putUser({ ...other, link: null });
        concerned.add(other.id);
      }
      index.putUser({ ...user, link: made });
      return new Set([...concerned, ...near(null, token)]);
    },

    stay: (accountId) => void staying.add(accountId),
    leaveElsewhere: (accountId) => void leavingElsewhere.add(accountId),

    left: (user) => {
      index.putUser({ ...(users.get(user.id) ?? user), leaving: false });
      return nearUser(user);
    },

    acceptInvites: () => {
      const concerned = new Set<string>();
      const invited = [...members.keys()].filter((key) => members.get(key)?.state === 'invited');
      for (const key of invited) {
        const member = members.get(key);
        if (member === undefined) continue;
        const active = {
          ...member,
          accountId: member.accountId ?? `invited:${key}`,
          state: 'active',
        } as const;
        const address = addressOf(member) ?? '';
        index.removeMember(key);
        put(active);
        accepted.add(memberKey(active));
        const invite = invites.get(address);
        if (invite !== undefined) invites.set(address, { ...invite, state: 'accepted' });
        for (const id of nearMember(member)) {
          const user = users.get(id);
          if (user === undefined) continue;
          concerned.add(id);
          if (!user.unaccepted.has(address)) continue;
          const unaccepted = user.unaccepted.difference(new Set([address]));
          index.putUser({ ...user, unaccepted });
        }
      }
      return concerned;
    },
  };
}

function sent(before: Invite | undefined, email: string, { id }: Subject, now: number): Invite {
  const { sends = 0, firstSentAt = now } = before ?? {};
  const times = { firstSentAt, sentAt: now, expiresAt: null };
  return { email, state: 'sent', sends: sends + 1, ...times, reason: null, userId: id };
}

function isPresent({ state }: ObservedMember): boolean {
  return state !== 'former';
}

function isActiveAdmin({ state, admin }: ObservedMember): boolean {
  return state === 'active' && admin;
}
