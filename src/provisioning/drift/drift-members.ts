/** Drift of the people in the workspace and of their role. */
import type { DriftClass, DriftItem, DriftState, WantedUser, Written } from './drift.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedMember } from '../model/observed.ts';

export function compareMembers(state: DriftState): readonly DriftItem[] {
  const byKey = new Map(state.members.map((member) => [memberKey(member), member]));
  const managed = new Set<string>();
  const items: DriftItem[] = [];
  for (const user of state.users) {
    const member = byKey.get(user.accountKey ?? '');
    if (member !== undefined) managed.add(memberKey(member));
    if (user.busy) continue;
    const keys = [user.accountId ?? member?.accountId ?? '', `email:${fold(user.email)}`];
    const item = compareMember(user, member, state.written.member(keys));
    if (item !== undefined) items.push(item);
  }
  const others = state.members.filter(
    (member) => member.state !== 'former' && !managed.has(memberKey(member)),
  );
  return [...items, ...others.map(unmanaged)];
}

function compareMember(
  user: WantedUser,
  member: ObservedMember | undefined,
  written: Written | undefined,
): DriftItem | undefined {
  const present = member !== undefined && member.state !== 'former';
  const roleDiffers =
    member?.state === 'active' && user.admin !== null && user.admin !== member.admin && user.wanted;
  if (user.wanted === present && !roleDiffers) return undefined;
  // It was as wanted once, so somebody changed it there.
  const settled = user.verified || written?.confirmed === true;
  const changed: DriftClass =
    user.wanted === present ? 'role_changed' : user.wanted ? 'removed_in_mode' : 'added_in_mode';
  return {
    class: member?.managedElsewhere === true ? 'ignored' : settled ? changed : 'lost_call',
    what: 'member',
    subject: { kind: 'user', id: user.id },
    name: user.email ?? user.userName,
    group: null,
    wants: user.wanted ? `member${role(user.admin)}` : 'no member',
    wrote: written?.value ?? null,
    has: member === undefined ? 'nobody' : `${member.state}${role(member.admin)}`,
  };
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
  return (email ?? '').trim().toLowerCase();
}
