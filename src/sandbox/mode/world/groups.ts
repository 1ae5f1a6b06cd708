/** Groups of the simulated workspace, with soft deletion and the quirk `tombstone_trap`. */
import { forbidden, notFound, refusal, unprocessable } from '../api/api-error.ts';
import { createGroupMembers, type GroupMembers, type GroupMembership } from './group-members.ts';
import type { NewToken } from './new-token.ts';
import type { Quirks } from '../behaviour/quirks.ts';
import type { MemberState } from './member.ts';

export interface Group {
  readonly token: string;
  name: string;
  state: 'active' | 'soft_deleted';
  /** Set when deleted: active until this time, in milliseconds since the epoch. */
  deletedFrom?: number;
  /** Owned by Mode's own SCIM: refuses writes. */
  readonly managed: boolean;
  /** The built-in group of all active members: refuses writes. */
  readonly everyone: boolean;
  readonly members: GroupMembers;
}

export interface Groups {
  /** Active and deleted groups. */
  all(): readonly Group[];
  /** @throws ApiError 404 */
  get(token: string): Group;
  /** The active group of that name. */
  named(name: string): Group | undefined;
  /** @throws ApiError 422 for an empty name or the name of another active group */
  create(name: string, given?: Partial<Group>): Group;
  rename(group: Group, name: string): void;
  /** With the quirk `tombstone_trap`, a group that has the name of a deleted group stays active, without an error. */
  remove(group: Group): void;
  /** @throws ApiError 404 for a person who is not a member of the workspace */
  addMember(group: Group, memberToken: string): GroupMembership;
  /** @throws ApiError 404 for a membership that does not exist or was removed */
  removeMember(group: Group, groupMembershipToken: string): GroupMembership;
  dropMember(memberToken: string): void;
  /** Completes the deletions that are due. */
  settle(): void;
}

export interface GroupRules {
  now(): number;
  quirks(): Quirks;
  readonly newToken: NewToken;
  stateOf(memberToken: string): MemberState | undefined;
}

export function createGroups({ now, quirks, newToken, stateOf }: GroupRules): Groups {
  const groups = new Map<string, Group>();
  const deleting = new Set<Group>();

  function assertWritable(group: Group): void {
    if (group.everyone) throw forbidden('This group is built in');
    if (group.managed) throw refusal(quirks().managed_refusal, 'group', 'is managed by SCIM');
    if (group.state !== 'active') throw notFound('Group');
  }

  function named(name: string): Group | undefined {
    return [...groups.values()].find((group) => group.state === 'active' && group.name === name);
  }

  function assertNameFree(name: string, self?: Group): void {
    if (name.trim() === '') throw unprocessable('name', "can't be blank");
    if (quirks().group_names === 'repeated') return;
    const taken = named(name);
    if (taken !== undefined && taken !== self) throw unprocessable('name', 'has already been taken');
  }

  function softDelete(group: Group): void {
    group.state = 'soft_deleted';
    group.members.clear();
    deleting.delete(group);
  }

  /** Only active members can be in a group and, depending on the quirk, pending ones. */
  function assertMember(memberToken: string): void {
    const state = stateOf(memberToken);
    if (state === 'active') return;
    const pending = quirks().pending_group_member;
    if (state !== 'pending') throw notFound('Member');
    if (pending !== 'allowed') throw refusal(pending, 'Member', 'has not accepted the invite');
  }

  return {
    all: () => [...groups.values()],
    named,
    get: (token) => {
      const group = groups.get(token);
      if (group === undefined) throw notFound('Group');
      return group;
    },
    create: (name, given) => {
      assertNameFree(name);
      const group: Group = {
        token: given?.token ?? newToken(),
        name,
        state: 'active',
        managed: given?.managed ?? false,
        everyone: given?.everyone ?? false,
        members: createGroupMembers(newToken),
      };
      groups.set(group.token, group);
      return group;
    },
    rename: (group, name) => {
      assertWritable(group);
      assertNameFree(name, group);
      group.name = name;
    },
    remove: (group) => {
      assertWritable(group);
      const trapped = [...groups.values()].some(
        (other) => other.state === 'soft_deleted' && other.name === group.name,
      );
      if (trapped && quirks().tombstone_trap) return;
      group.deletedFrom ??= now() + quirks().group_delete_seconds * 1_000;
      deleting.add(group);
      if (now() >= group.deletedFrom) softDelete(group);
    },
    addMember: (group, memberToken) => {
      assertWritable(group);
      assertMember(memberToken);
      const { duplicate_group_member: duplicate, group_member_late_seconds: late } = quirks();
      const [existing] = group.members.ofMember(memberToken);
      if (existing !== undefined && duplicate !== 'second') {
        if (duplicate === 'same') return existing;
        throw refusal(duplicate, 'member', 'is already in the group');
      }
      return group.members.add(memberToken, now() + late * 1_000);
    },
    removeMember: (group, groupMembershipToken) => {
      assertWritable(group);
      const row = group.members.get(groupMembershipToken);
      if (row === undefined || row.until !== undefined) throw notFound('Membership');
      group.members.remove(row, now() + quirks().group_member_stale_seconds * 1_000, now());
      return row;
    },
    dropMember: (memberToken) => {
      for (const group of groups.values()) group.members.drop(memberToken);
    },
    settle: () => {
      for (const group of deleting) if (now() >= (group.deletedFrom ?? Infinity)) softDelete(group);
    },
  };
}
