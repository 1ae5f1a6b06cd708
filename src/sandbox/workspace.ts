/** The simulated workspace: its members, invites and groups, and the rules by which they change. In memory. */
import type { Clock } from '../clock.ts';
import { notFound, unprocessable } from './api-error.ts';
import { createGroups, type Groups } from './groups.ts';
import { newToken } from './new-token.ts';

/** `banned` is a former member: removed, still on record. */
export type MemberState = 'active' | 'pending' | 'banned';

export interface Member {
  readonly memberToken: string;
  membershipToken: string;
  readonly username: string;
  readonly userId: string;
  email: string;
  name: string;
  state: MemberState;
  admin: boolean;
  activatedAt: number | null;
}

export interface Invite {
  readonly email: string;
  readonly message: string;
  readonly inviteeUsername: string;
  state: 'pending' | 'accepted' | 'cancelled';
  count: number;
  readonly createdAt: number;
  sentAt: number;
}

export interface Workspace {
  readonly groups: Groups;
  /** Everybody on record, pending and former people too. */
  members(): readonly Member[];
  invites(): readonly Invite[];
  /** @throws ApiError 404 */
  memberByMembership(token: string): Member;
  memberByUsername(username: string): Member | undefined;
  add(member: Partial<Member> & { email: string }): Member;
  /** @throws ApiError 422 for an active member */
  invite(email: string, message: string): Invite;
  /** Pending people become members, all or those named. */
  accept(emails?: readonly string[]): void;
  /** Accepts what was sent so long ago. @param afterMs undefined: nobody ever accepts by themselves */
  acceptDue(afterMs: number | undefined): void;
  /** @throws ApiError 422 for the last admin */
  setAdmin(member: Member, admin: boolean): void;
  /** @param vanish whether the record goes too @throws ApiError 422 for the last admin */
  remove(member: Member, vanish: boolean): void;
  addInvite(invite: Invite): void;
}

export function createWorkspace(clock: Clock): Workspace {
  const members = new Map<string, Member>();
  const invites = new Map<string, Invite>();
  let lastUserId = 1000;

  const groups = createGroups((memberToken) => members.get(memberToken)?.state === 'active');

  function findByEmail(email: string): Member | undefined {
    return [...members.values()].find((member) => member.email.toLowerCase() === email.toLowerCase());
  }

  function add(given: Partial<Member> & { email: string }): Member {
    lastUserId += 1;
    const state = given.state ?? 'active';
    const member: Member = {
      memberToken: given.memberToken ?? newToken(),
      membershipToken: given.membershipToken ?? newToken(),
      username:
        given.username ??
        `${given.email.split('@')[0]?.replaceAll(/[^a-z0-9]/gi, '') ?? 'user'}${lastUserId}`,
      userId: String(lastUserId),
      email: given.email,
      name: given.name ?? '',
      state,
      admin: given.admin ?? false,
      activatedAt: state === 'active' ? clock.now() : null,
    };
    members.set(member.memberToken, member);
    return member;
  }

  function activate(member: Member): void {
    member.state = 'active';
    member.activatedAt = clock.now();
    const invite = invites.get(member.email.toLowerCase());
    if (invite !== undefined) invite.state = 'accepted';
  }

  function keepsAnAdmin(member: Member): void {
    const others = [...members.values()].some(
      (other) => other !== member && other.admin && other.state === 'active',
    );
    if (member.admin && member.state === 'active' && !others) {
      throw unprocessable('admin', 'the last admin of a workspace stays one');
    }
  }

  return {
    groups,
    add,
    members: () => [...members.values()],
    invites: () => [...invites.values()],
    addInvite: (invite) => {
      invites.set(invite.email.toLowerCase(), invite);
    },

    memberByMembership: (token) => {
      const member = [...members.values()].find((candidate) => candidate.membershipToken === token);
      if (member === undefined) throw notFound('Membership');
      return member;
    },
    memberByUsername: (username) => [...members.values()].find((member) => member.username === username),

    invite: (email, message) => {
      const existing = findByEmail(email);
      if (existing?.state === 'active') throw unprocessable('email', 'is already a member of this workspace');
      const member = existing ?? add({ email, state: 'pending' });
      member.state = 'pending';
      member.admin = false;
      const before = invites.get(email.toLowerCase());
      const now = clock.now();
      const invite: Invite = {
        email,
        message,
        inviteeUsername: member.username,
        state: 'pending',
        count: (before?.count ?? 0) + 1,
        createdAt: before?.createdAt ?? now,
        sentAt: now,
      };
      invites.set(email.toLowerCase(), invite);
      return invite;
    },

    accept: (emails) => {
      const wanted = emails === undefined ? undefined : new Set(emails.map((email) => email.toLowerCase()));
      for (const member of members.values()) {
        if (member.state === 'pending' && (wanted?.has(member.email.toLowerCase()) ?? true)) activate(member);
      }
    },
    acceptDue: (afterMs) => {
      if (afterMs === undefined) return;
      for (const member of members.values()) {
        if (member.state !== 'pending') continue;
        const invite = invites.get(member.email.toLowerCase());
        if (invite?.state === 'pending' && clock.now() >= invite.sentAt + afterMs) activate(member);
      }
    },

    setAdmin: (member, admin) => {
      if (!admin) keepsAnAdmin(member);
      member.admin = admin;
    },

    remove: (member, vanish) => {
      keepsAnAdmin(member);
      const invite = invites.get(member.email.toLowerCase());
      if (member.state === 'pending' && invite !== undefined) invite.state = 'cancelled';
      member.state = 'banned';
      member.admin = false;
      groups.dropMember(member.memberToken);
      if (vanish) members.delete(member.memberToken);
    },
  };
}
