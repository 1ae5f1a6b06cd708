/**
 * Unmanaged users and groups: Mode has them, and no IdP has pushed them. The IdP sees them, so that it links them instead
 * of creating them again. The first write of a connection takes them over. Until then the bridge does not change them.
 */
import type { ChangeDraft } from './change.ts';
import type { DirectoryStep, DirectoryWrite } from './directory-store.ts';
import { memberSteps, type MemberDelta } from './group/group-transitions.ts';
import type { Group } from './group/group.ts';
import type { Subject } from './subject.ts';
import type { User } from './user/user.ts';

interface Found {
  readonly id: string;
  readonly workspace: string;
  readonly at: number;
}

/** @param member as Mode lists them; without a userName, the e-mail is the userName */
export function createUnmanagedUser(
  { id, workspace, at }: Found,
  member: { email: string; name: string | null; userName?: string },
): DirectoryWrite {
  const { email, name, userName = email } = member;
  const emails = [{ value: email, type: 'work', primary: true }];
  const user: User = {
    id,
    workspace,
    ownerId: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    userName,
    externalId: null,
    active: true,
    email,
    fullName: name,
    admin: null,
    document: JSON.stringify({
      userName,
      active: true,
      emails,
      ...(name === null ? {} : { displayName: name, name: { formatted: name } }),
    }),
  };
  const change = {
    kind: 'user.created',
    subject: { kind: 'user', id },
    data: { userName, owned: false },
  } as const;
  return { workspace, at, steps: [{ step: 'create_user', user, emails }], changes: [change], subjects: [] };
}

export function createUnmanagedGroup({ id, workspace, at }: Found, name: string): DirectoryWrite {
  const group: Group = {
    id,
    workspace,
    ownerId: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    displayName: name,
    externalId: null,
    document: JSON.stringify({ displayName: name }),
  };
  const change = {
    kind: 'group.created',
    subject: { kind: 'group', id },
    data: { displayName: name, owned: false },
  } as const;
  return { workspace, at, steps: [{ step: 'create_group', group }], changes: [change], subjects: [] };
}

/**
 * Changes the members of an unmanaged group to those that Mode has. Expects the version of the group that was read, so
 * that a connection that takes the group over at the same time wins.
 */
export function setUnmanagedMembers(
  before: Group,
  { add, remove }: MemberDelta,
  { workspace, at }: Omit<Found, 'id'>,
): DirectoryWrite {
  const { id } = before;
  const group = { ...before, version: before.version + 1, updatedAt: at };
  return {
    workspace,
    at,
    steps: [{ step: 'update_group', group }, ...memberSteps(id, { add, remove })],
    changes: [
      ...remove.map((userId) => memberChange('group.member_removed', id, userId)),
      ...add.map((userId) => memberChange('group.member_added', id, userId)),
    ],
    subjects: [],
  };
}

/**
 * Removes a user or group that Mode no longer has, or that an IdP has pushed under another name.
 * @param memberships of the user, or of the group
 */
export function removeUnmanaged(
  { workspace, at }: Omit<Found, 'id'>,
  { subject, version }: { subject: Subject; version: number },
  memberships: readonly { readonly groupId: string; readonly userId: string }[],
): DirectoryWrite {
  const { id, kind } = subject;
  const removals = memberships.map(({ groupId, userId }): DirectoryStep => {
    return { step: 'remove_members', groupId, userIds: [userId] };
  });
  const step: DirectoryStep =
    kind === 'user' ? { step: 'delete_user', id, version } : { step: 'delete_group', id, version };
  const data = { owned: false } as const;
  const change: ChangeDraft =
    kind === 'user' ? { kind: 'user.deleted', subject, data } : { kind: 'group.deleted', subject, data };
  return {
    workspace,
    at,
    steps: [...removals, step],
    changes: [
      ...memberships.map(({ groupId, userId }) => memberChange('group.member_removed', groupId, userId)),
      change,
    ],
    subjects: [],
  };
}

function memberChange(
  kind: 'group.member_added' | 'group.member_removed',
  groupId: string,
  userId: string,
): ChangeDraft {
  return { kind, subject: { kind: 'group', id: groupId }, data: { userId, owned: false } };
}
