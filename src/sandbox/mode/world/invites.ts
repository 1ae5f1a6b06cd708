/** Invites of the simulated workspace: sent, resent, accepted, expired, or cancelled when the person is removed. */
import { refusal } from '../api/api-error.ts';
import type { Invite, Member } from './member.ts';
import type { NewToken } from './new-token.ts';
import type { People } from './people.ts';
import type { Quirks } from '../behaviour/quirks.ts';

export interface Invites {
  all(): readonly Invite[];
  /** For seeding. */
  put(invite: Invite): void;
  /** @throws ApiError for an active, pending or former member, depending on the quirks */
  send(email: string, message: string): Invite;
  /**
   * Makes pending people members, all or those of the given addresses.
   * @param old accept cancelled and expired invites too
   * @returns their addresses
   */
  accept(emails: readonly string[] | undefined, old: boolean): readonly string[];
  /** Expires open invites, all or those of the given addresses. @returns their addresses */
  expire(emails: readonly string[] | undefined): readonly string[];
  /** Cancels the invite of a removed person. */
  cancel(member: Member): void;
  /** Accepts and expires the invites that are due. */
  settle(acceptAfterMs: number | undefined): void;
}

export interface InviteRules {
  now(): number;
  quirks(): Quirks;
  readonly newToken: NewToken;
  readonly people: People;
  /** Deletes a person's record. */
  forget(member: Member): void;
}

export function createInvites({ now, quirks, newToken, people, forget }: InviteRules): Invites {
  const invites = new Map<string, Invite>();
  const open = new Set<Invite>();
  /** No invite is due before `until`, unless `waitMs` (the time until an invite is accepted) changes. */
  let nothingDue: { until: number; waitMs: number } | undefined;
  /** People whose record was deleted and whose old invite link may still work. */
  const deletedPeople = new Map<string, Member>();

  const keyOf = (email: string) => email.toLowerCase();
  const wanted = (emails: readonly string[] | undefined) => {
    const keys = emails === undefined ? undefined : new Set(emails.map(keyOf));
    return (email: string) => keys?.has(keyOf(email)) ?? true;
  };

  function close(invite: Invite, state: Exclude<Invite['state'], 'pending'>): void {
    invite.state = state;
    open.delete(invite);
  }

  function activate(member: Member): void {
    member.state = 'active';
    member.activatedAt = now();
    member.bannedAt = null;
    if (member.username !== member.finalUsername) people.change(member, { username: member.finalUsername });
    const invite = invites.get(keyOf(member.email));
    if (invite === undefined) return;
    close(invite, 'accepted');
    invite.acceptedAt = now();
  }

  function letExpire(invite: Invite): void {
    close(invite, 'expired');
    const member = people.byToken(invite.memberToken);
    if (member?.state !== 'pending' || quirks().expired_invite !== 'vanish') return;
    deletedPeople.set(keyOf(invite.email), member);
    forget(member);
  }

  /** Creates or changes the invited person's record: pending from now on. */
  function invitee(email: string): Member {
    const { invitee_username: username, invite_former: former } = quirks();
    const placeholder = username === 'placeholder' ? `invited-${newToken()}` : undefined;
    const existing = people.byEmail(email);
    if (existing === undefined) return people.add({ email, state: 'pending' }, now(), placeholder);
    if (existing.state === 'banned' && former === 'new') {
      people.change(existing, { username: placeholder ?? existing.username, membershipToken: newToken() });
    }
    existing.state = 'pending';
    existing.admin = false;
    existing.activatedAt = null;
    existing.bannedAt = null;
    return existing;
  }

  function refuse(existing: Member | undefined): void {
    const { invite_active: active, invite_pending: pending, invite_former: former } = quirks();
    const isOpen = existing !== undefined && invites.get(keyOf(existing.email))?.state !== 'expired';
    if (existing?.state === 'active' && active !== 'noop')
      throw refusal(active, 'email', 'is already a member of this workspace');
    if (existing?.state === 'pending' && isOpen && pending !== 'resend')
      throw refusal(pending, 'email', 'has already been invited');
    if (existing?.state === 'banned' && (former === 400 || former === 422))
      throw refusal(former, 'email', 'was removed from this workspace');
  }

  return {
    all: () => [...invites.values()],
    put: (invite) => {
      invites.set(keyOf(invite.email), invite);
      if (invite.state !== 'pending') return;
      open.add(invite);
      nothingDue = undefined;
    },
    send: (email, message) => {
      const existing = people.byEmail(email);
      refuse(existing);
      const before = invites.get(keyOf(email));
      const validMs = quirks().invite_expires_seconds;
      const invite: Invite = {
        email,
        message,
        memberToken: '',
        state: 'pending',
        count: (before?.count ?? 0) + 1,
        createdAt: before?.createdAt ?? now(),
        sentAt: now(),
        expiresAt: validMs === null ? null : now() + validMs * 1_000,
        acceptedAt: null,
      };
      // The response looks like that of any invite, but nothing happens.
      if (existing?.state === 'active') return { ...invite, memberToken: existing.memberToken };
      const sent = { ...invite, memberToken: invitee(email).memberToken };
      if (before !== undefined) open.delete(before);
      invites.set(keyOf(email), sent);
      open.add(sent);
      nothingDue = undefined;
      return sent;
    },
    accept: (emails, old) => {
      const isWanted = wanted(emails);
      const accepted: string[] = [];
      for (const member of people.all()) {
        const state = invites.get(keyOf(member.email))?.state ?? 'pending';
        const works = state === 'pending' && member.state === 'pending';
        const worksStill = old && member.state !== 'active' && (state === 'cancelled' || state === 'expired');
        if (!isWanted(member.email) || !(works || worksStill)) continue;
        activate(member);
        accepted.push(member.email);
      }
      for (const [key, member] of old ? deletedPeople : []) {
        if (!isWanted(key) || people.byEmail(key) !== undefined) continue;
        people.restore(member);
        activate(member);
        deletedPeople.delete(key);
        accepted.push(member.email);
      }
      return accepted;
    },
    expire: (emails) => {
      const isWanted = wanted(emails);
      const due = [...open].filter((invite) => isWanted(invite.email));
      for (const invite of due) letExpire(invite);
      return due.map((invite) => invite.email);
    },
    cancel: (member) => {
      const invite = invites.get(keyOf(member.email));
      if (member.state !== 'pending' || invite === undefined) return;
      close(invite, 'cancelled');
      if (quirks().membership_delete === 'vanish') deletedPeople.set(keyOf(member.email), member);
    },
    settle: (acceptAfterMs) => {
      const waitMs = acceptAfterMs ?? Infinity;
      const time = now();
      if (nothingDue?.waitMs === waitMs && time < nothingDue.until) return;
      let until = Infinity;
      for (const invite of open) {
        const [dueAt, expiresAt] = [invite.sentAt + waitMs, invite.expiresAt ?? Infinity];
        const member = people.byToken(invite.memberToken);
        if (dueAt <= time && dueAt <= expiresAt && member?.state === 'pending') activate(member);
        else if (expiresAt <= time) letExpire(invite);
        else until = Math.min(until, dueAt, expiresAt);
      }
      nothingDue = { until, waitMs };
    },
  };
}
