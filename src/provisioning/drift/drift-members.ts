/** Drift of people: their membership, role and profile. */
import { foldAddress } from '../model/fold-address.ts';
import type { DriftClass, DriftItem, DriftState, WantedUser, Written } from './drift.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';
import { PROFILE_ATTRIBUTES, type Profile, type ProfileAttribute } from '../model/profile.ts';
import { profileDifference } from '../plan/profile-difference.ts';

export function compareMembers(state: DriftState): readonly DriftItem[] {
  const byKey = new Map(state.members.map((member) => [memberKey(member), member]));
  const managed = new Set<string>();
  const items: DriftItem[] = [];
  for (const user of state.users) {
    const member = byKey.get(user.accountKey ?? '');
    if (member !== undefined) managed.add(memberKey(member));
    if (user.busy) continue;
    const keys = [user.accountId ?? member?.accountId ?? '', `email:${fold(user.email)}`];
    items.push(...compareMember(state, user, member, state.written.member(keys)));
  }
  const others = state.members.filter(
    (member) => member.state !== 'former' && !managed.has(memberKey(member)),
  );
  return [...items, ...others.map(unmanaged)];
}

function compareMember(
  { available }: DriftState,
  user: WantedUser,
  member: ObservedMember | undefined,
  written: Written | undefined,
): readonly DriftItem[] {
  const present = member !== undefined && member.state !== 'former';
  const isActive = user.wanted && member?.state === 'active';
  const roleDiffers = isActive && user.admin !== null && user.admin !== member.admin;
  // It was as wanted before, so somebody changed it on the target.
  const settled = user.verified || written?.confirmed === true;
  const ignored = member?.managedElsewhere === true && !available.ownsManaged;
  const item = (changed: DriftClass, wants: string, has: string): DriftItem => ({
    class: ignored ? 'ignored' : settled ? changed : 'lost_call',
    what: 'member',
    subject: { kind: 'user', id: user.id },
    name: user.email ?? user.userName,
    group: null,
    wants,
    wrote: written?.value ?? null,
    has,
  });
  const wants = user.wanted ? `member${role(user.admin)}` : 'no member';
  const has = member === undefined ? 'nobody' : `${member.state}${role(member.admin)}`;
  if (user.wanted !== present) return [item(user.wanted ? 'removed_in_mode' : 'added_in_mode', wants, has)];
  const items = roleDiffers ? [item('role_changed', wants, has)] : [];
  if (!isActive) return items;
  const difference = profileDifference(user, user, member, available);
  const differing = PROFILE_ATTRIBUTES.filter((attribute) => difference[attribute] !== undefined);
  if (differing.length === 0) return items;
  return [
    ...items,
    item('renamed', `member${values(user, differing)}`, `active${values(member, differing)}`),
  ];
}

function values(profile: Profile, attributes: readonly ProfileAttribute[]): string {
  return attributes.map((attribute) => `, ${attribute} "${profile[attribute] ?? ''}"`).join('');
}

function role(admin: boolean | null): string {
  return admin === true ? ', admin' : '';
}

function unmanaged(member: ObservedMember): DriftItem {
  return {
    class: 'unmanaged',
    what: 'member',
    subject: null,
    name: member.email ?? member.username ?? memberKey(member),
    group: null,
    wants: 'nothing',
    wrote: null,
    has: `${member.state}${role(member.admin)}`,
  };
}

function fold(email: string | null): string {
  return foldAddress(email ?? '');
}
