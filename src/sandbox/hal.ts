/** How the simulated Mode writes its answers: HAL, with tokens and links where Mode has them. */
import type { Group } from './groups.ts';
import type { Invite, Member } from './workspace.ts';

/** A membership's own token is nowhere but in its self link. */
export function renderMembership(workspace: string, member: Member) {
  const self = `/api/${workspace}/memberships/${member.membershipToken}`;
  const web = `/organizations/${workspace}/memberships/${member.membershipToken}`;
  return {
    admin: member.admin,
    state: member.state,
    activated_at: member.activatedAt === null ? null : new Date(member.activatedAt).toISOString(),
    member_username: member.username,
    member_token: member.memberToken,
    ...(member.state === 'pending' ? { invited: true } : {}),
    _links: {
      self: { href: self },
      user: { href: `/api/${member.username}` },
      groups: { href: `/api/${workspace}/groups?member=${member.username}` },
      organization: { href: `/api/${workspace}` },
      web_self: { href: web },
      ...(member.state === 'banned' ? { web_self_unban: { href: `${web}/unban` } } : {}),
    },
  };
}

export function renderLite({ email, name, username, memberToken, state, admin }: Member) {
  return { email, name, username, member_token: memberToken, state, admin };
}

export function renderUser({ username, name, userId, memberToken, email }: Member) {
  return {
    username,
    name,
    id: userId,
    token: memberToken,
    email,
    email_verified: true,
    user: true,
    _links: { self: { href: `/api/${username}` }, web: { href: `/${username}` } },
  };
}

export function renderInvite(workspaceId: string, invite: Invite, invitee: Member | undefined) {
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    email: invite.email,
    message: invite.message,
    inviter_id: '1001',
    invitee_id: invitee?.userId ?? '',
    organization_id: workspaceId,
    limited: false,
    created_at: instant(invite.createdAt),
    sent_at: instant(invite.sentAt),
    ...(invite.count > 1 ? { resent_at: instant(invite.sentAt) } : {}),
    accepted_at: null,
    _links: { invitee: { href: `/api/${invite.inviteeUsername}` } },
    _embedded: {},
  };
}

export function renderGroup(workspace: string, group: Group) {
  const self = `/api/${workspace}/groups/${group.token}`;
  return {
    token: group.token,
    name: group.name,
    state: group.state,
    group_type: group.everyone ? 'everyone' : 'custom',
    managed: group.managed,
    member_count: group.members.size,
    spaces_count: 0,
    _links: {
      self: { href: self },
      web: { href: `/organizations/${workspace}/groups/${group.token}` },
      group_memberships: { href: `${self}/memberships` },
      membership_by_id: { href: `${self}/memberships?filter=by_user_id&user_id={id}`, templated: true },
      memberships_preview: { href: `${self}/memberships?filter=preview` },
    },
  };
}

export function renderGroupMembership(workspace: string, group: Group, member: Member, token: string) {
  const self = `/api/${workspace}/groups/${group.token}`;
  return {
    token,
    member_token: member.memberToken,
    _links: {
      self: { href: `${self}/memberships/${token}` },
      member: { href: `/api/${member.username}` },
      user_group: { href: self },
    },
  };
}

/** A collection, with its list under the name that Mode gives it. */
export function collection(key: string, href: string, items: readonly unknown[]) {
  return { _embedded: { [key]: items }, _links: { self: { href } } };
}
