/** Response bodies of the simulated Mode: HAL, with tokens and links in the same places as Mode's. */
import type { Group } from '../world/groups.ts';
import type { GroupMembership } from '../world/group-members.ts';
import type { Invite, Member, MemberState } from '../world/member.ts';
import type { Simulation } from '../world/simulation.ts';

const instant = (ms: number) => new Date(ms).toISOString();

/** Ids, counts, flags and member states in the form that the quirks set. */
export function createScalars({ settings }: Simulation) {
  return {
    id: (id: string) => (settings().quirks.ids === 'number' ? Number(id) : id),
    count: (count: number) => (settings().quirks.counts === 'string' ? String(count) : count),
    flag: (flag: boolean) => (settings().quirks.flags === 'string' ? String(flag) : flag),
    state: (state: MemberState) => (state === 'pending' ? settings().quirks.pending_state : state),
  };
}

/** Fields that users and the workspace share. */
export function accountFields(name: string) {
  return {
    dataset_size_limit_mb: '250',
    query_run_size_limit_mb: '250',
    avatar: { type: 'initials', initials: name.slice(0, 2).toUpperCase(), seed: '1', color_class: 'blue' },
  };
}

export interface GroupCounts {
  readonly members: number;
  readonly spaces: number;
  readonly dataSources: number;
}

export type Hal = ReturnType<typeof createHal>;

export function createHal(simulation: Simulation) {
  const { slug, settings } = simulation;
  const scalars = createScalars(simulation);

  function optionalFields({ state, managedByScim }: Member) {
    const invited = state === 'pending';
    switch (settings().quirks.membership_fields) {
      case 'bare':
        return {};
      case 'invited':
        return { ...(invited ? { invited } : {}), ...(managedByScim ? { managed_by_scim: true } : {}) };
      case 'documented':
        return { invited, managed_by_scim: managedByScim, limited: false };
    }
  }

  return {
    /** The token of the membership is only in its self link. */
    membership: (member: Member) => {
      const web = `/organizations/${slug}/memberships/${member.membershipToken}`;
      return {
        admin: member.admin,
        state: scalars.state(member.state),
        activated_at: member.activatedAt === null ? null : instant(member.activatedAt),
        member_username: member.username,
        member_token: member.memberToken,
        ...optionalFields(member),
        _links: {
          self: { href: `/api/${slug}/memberships/${member.membershipToken}` },
          user: { href: `/api/${member.username}` },
          groups: { href: `/api/${slug}/groups?member=${member.username}` },
          organization: { href: `/api/${slug}` },
          web_self: { href: web },
          web_self_download_profile: { href: `${web}/profile` },
          ...(member.state === 'banned' ? { web_self_unban: { href: `${web}/unban` } } : {}),
        },
      };
    },
    lite: (member: Member) => {
      const { email, name, username, memberToken, admin } = member;
      return { email, name, username, member_token: memberToken, state: scalars.state(member.state), admin };
    },
    /** @param isOwnKey whether the caller's key belongs to this user */
    user: ({ username, name, userId, memberToken, email, createdAt }: Member, isOwnKey: boolean) => {
      const shown = settings().quirks.user_email;
      return {
        username,
        name,
        id: scalars.id(userId),
        token: memberToken,
        ...(shown === 'shown' || (shown === 'own' && isOwnKey) ? { email } : {}),
        email_verified: true,
        ...accountFields(name === '' ? username : name),
        user: true,
        created_at: instant(createdAt),
        _links: { self: { href: `/api/${username}` }, web: { href: `/${username}` } },
      };
    },
    invite: (invite: Invite, invitee: Member | undefined, inviter: Member | undefined) => ({
      email: invite.email,
      message: invite.message,
      inviter_id: scalars.id(inviter?.userId ?? '0'),
      invitee_id: scalars.id(invitee?.userId ?? '0'),
      organization_id: scalars.id(simulation.id),
      limited: false,
      created_at: instant(invite.createdAt),
      sent_at: instant(invite.sentAt),
      ...(invite.count > 1 ? { resent_at: instant(invite.sentAt) } : {}),
      ...(invite.expiresAt === null ? {} : { expires_at: instant(invite.expiresAt) }),
      accepted_at: null,
      _links: {
        inviter: { href: `/api/${inviter?.username ?? slug}` },
        ...(invitee === undefined ? {} : { invitee: { href: `/api/${invitee.username}` } }),
        web_self_resend: { href: `/organizations/${slug}/invites/${invite.memberToken}/resend` },
      },
      _embedded: {},
    }),
    group: (group: Group, counts: GroupCounts) => {
      const self = `/api/${slug}/groups/${group.token}`;
      const owner = simulation.workspace().owner();
      return {
        token: group.token,
        name: group.name,
        state: group.state,
        group_type: group.everyone ? settings().quirks.everyone_type : 'custom',
        managed: scalars.flag(group.managed),
        member_count: scalars.count(counts.members),
        spaces_count: scalars.count(counts.spaces),
        ...(settings().quirks.group_fields === 'bare'
          ? {}
          : { description: '', data_sources_count: scalars.count(counts.dataSources) }),
        _links: {
          self: { href: self },
          web: { href: `/organizations/${slug}/groups/${group.token}` },
          ...(owner === undefined ? {} : { creator: { href: `/api/${owner.username}` } }),
          group_memberships: { href: `${self}/memberships` },
          membership_by_id: { href: `${self}/memberships?filter=by_user_id&user_id={id}`, templated: true },
          memberships_preview: { href: `${self}/memberships?filter=preview` },
        },
      };
    },
    groupMembership: (group: Group, row: GroupMembership, member: Member | undefined) => {
      const self = `/api/${slug}/groups/${group.token}`;
      const owner = simulation.workspace().owner();
      return {
        token: row.token,
        member_token: row.memberToken,
        _links: {
          self: { href: `${self}/memberships/${row.token}` },
          // A person whose record was deleted is still listed for a while, without a username.
          member: { href: `/api/${member?.username ?? row.memberToken}` },
          ...(owner === undefined ? {} : { creator: { href: `/api/${owner.username}` } }),
          user_group: { href: self },
        },
      };
    },
  };
}
