/** Drift of groups and their members. */
import type { DriftClass, DriftItem, DriftState, WantedGroup, Written } from './drift.ts';
import { memberKey } from '../model/observation.ts';
import type { ObservedGroup, ObservedMember } from '../model/observed.ts';

export function compareGroups(state: DriftState): readonly DriftItem[] {
  const byToken = new Map(state.groupsOnTarget.map((group) => [group.token, group]));
  const active = activeMembers(state);
  const items: DriftItem[] = [];
  for (const group of state.groups) {
    const found = group.targetGroupId === null ? undefined : byToken.get(group.targetGroupId);
    if (group.busy) continue;
    const item = compareGroup(group, found, state.written.group(group.targetGroupId ?? ''));
    if (item !== undefined) items.push(item);
    if (group.wanted && found?.writable === true)
      items.push(...compareMembersOf(state, group, found, active));
  }
  const managed = new Set(state.groups.map((group) => group.targetGroupId));
  const others = state.groupsOnTarget.filter((group) => !managed.has(group.token) && group.writable);
  return [...items, ...others.map(unmanaged)];
}

function compareGroup(
  group: WantedGroup,
  found: ObservedGroup | undefined,
  written: Written | undefined,
): DriftItem | undefined {
  const present = found !== undefined;
  const renamed = group.wanted && present && found.name !== group.name;
  if (group.wanted === present && !renamed) return undefined;
  const settled = group.verified || written?.confirmed === true;
  const changed: DriftClass = renamed ? 'renamed' : group.wanted ? 'removed_in_mode' : 'added_in_mode';
  return {
    class: found?.writable === false ? 'ignored' : settled ? changed : 'lost_call',
    what: 'group',
    subject: { kind: 'group', id: group.id },
    name: group.name,
    group: null,
    wants: group.wanted ? `"${group.name}"` : 'no group',
    wrote: written?.value ?? null,
    has: found === undefined ? 'no group' : `"${found.name}"`,
  };
}

/** The accounts of all users in the directory who are active on the target. */
interface Active {
  readonly tokenOf: ReadonlyMap<string, string>;
  readonly nameOf: ReadonlyMap<string, string>;
}

function activeMembers({ users, members }: DriftState): Active {
  const byKey = new Map(members.map((member) => [memberKey(member), member]));
  const tokenOf = new Map<string, string>();
  for (const user of users) {
    const member = byKey.get(user.accountKey ?? '');
    if (user.wanted && member?.state === 'active' && member.accountId !== null) {
      tokenOf.set(user.id, member.accountId);
    }
  }
  const nameOf = new Map(members.map((member) => [member.accountId ?? '', labelOf(member)]));
  return { tokenOf, nameOf };
}

function compareMembersOf(
  state: DriftState,
  group: WantedGroup,
  found: ObservedGroup,
  { tokenOf, nameOf }: Active,
): readonly DriftItem[] {
  const rows = state.groupMembers.get(found.token);
  // Its members were never read.
  if (rows === undefined) return [];
  const wanted = new Set(group.userIds.flatMap((id) => tokenOf.get(id) ?? []));
  const present = new Set(rows.map((row) => row.accountId));
  const item = (accountId: string, wants: boolean): DriftItem => {
    const written = state.written.groupMember(found.token, accountId);
    const settled = written === undefined ? group.verified || !wants : written.confirmed;
    const changed: DriftClass = wants ? 'removed_in_mode' : 'added_in_mode';
    return {
      class: settled ? changed : 'lost_call',
      what: 'group_member',
      subject: { kind: 'group', id: group.id },
      name: nameOf.get(accountId) ?? accountId,
      group: group.name,
      wants: wants ? 'in the group' : 'not in the group',
      wrote: written?.value ?? null,
      has: wants ? 'not in the group' : 'in the group',
    };
  };
  return [
    ...[...present].filter((token) => !wanted.has(token)).map((token) => item(token, false)),
    ...[...wanted].filter((token) => !present.has(token)).map((token) => item(token, true)),
  ];
}

function unmanaged(group: ObservedGroup): DriftItem {
  const nobody = { subject: null, group: null, wants: 'nothing', wrote: null } as const;
  return { class: 'unmanaged', what: 'group', name: group.name, has: `"${group.name}"`, ...nobody };
}

function labelOf({ email, username, accountId }: ObservedMember): string {
  return email ?? username ?? accountId ?? '';
}
