/** Fills an empty workspace from a document. */
import { badRequest } from '../api/api-error.ts';
import type { Permissions } from '../world/permissions.ts';
import type { StateDocument } from './state-document.ts';
import type { Workspace } from '../world/workspace.ts';

type Granted = NonNullable<NonNullable<StateDocument['spaces']>[number]['permissions']>;

/** @throws ApiError 400 when a group member, an invite or a permission names an address that is not in `members` */
export function seedState(workspace: Workspace, document: StateDocument, now: number): void {
  for (const {
    member_token,
    membership_token,
    managed_by_scim,
    last_active_at,
    ...given
  } of document.members) {
    workspace.add({
      ...given,
      lastActiveAt: last_active_at === undefined ? null : Date.parse(last_active_at),
      managedByScim: managed_by_scim ?? false,
      ...(member_token === undefined ? {} : { memberToken: member_token }),
      ...(membership_token === undefined ? {} : { membershipToken: membership_token }),
    });
  }
  for (const { name, token, state = 'active', managed = false, members = [] } of document.groups ?? []) {
    const group = workspace.groups.create(name, { ...(token === undefined ? {} : { token }), managed });
    for (const email of new Set(members)) {
      group.members.add(memberToken(workspace, email, `Group "${name}"`), now);
    }
    group.state = state;
    if (state === 'soft_deleted') group.members.clear();
  }
  for (const { email, state = 'pending', count = 1 } of document.invites ?? []) {
    const token = memberToken(workspace, email, 'An invite');
    const times = { createdAt: now, sentAt: now, expiresAt: null, acceptedAt: null };
    workspace.invites.put({ email, state, count, message: '', memberToken: token, ...times });
  }
  for (const { permissions = [], space_type, default_access_level, ...given } of document.spaces ?? []) {
    const space = workspace.spaces.add({
      ...given,
      ...(space_type === undefined ? {} : { spaceType: space_type }),
      ...(default_access_level === undefined ? {} : { defaultAccessLevel: default_access_level }),
    });
    grant(workspace, space.permissions, permissions, space.name);
  }
  for (const { permissions = [], soft_deleted: softDeleted = false, ...given } of document.data_sources ??
    []) {
    const source = workspace.dataSources.add({ ...given, softDeleted });
    grant(workspace, source.permissions, permissions, source.name);
  }
}

function grant(workspace: Workspace, permissions: Permissions, granted: Granted, name: string): void {
  for (const { action, email, group: groupName } of granted) {
    if ((email === undefined) === (groupName === undefined))
      throw badRequest(`A permission of "${name}" needs either "email" or "group"`);
    if (email !== undefined) {
      const token = memberToken(workspace, email, `A permission of "${name}"`);
      permissions.add(action, { accessorType: 'Account', accessorToken: token });
      continue;
    }
    const group = workspace.groups.named(groupName ?? '');
    if (group === undefined)
      throw badRequest(
        `A permission of "${name}" names the group "${groupName ?? ''}", which does not exist`,
      );
    permissions.add(action, { accessorType: 'UserGroup', accessorToken: group.token });
  }
}

function memberToken(workspace: Workspace, email: string, source: string): string {
  const member = workspace.people.byEmail(email);
  if (member === undefined) throw badRequest(`${source} names ${email}, who is not in "members"`);
  return member.memberToken;
}
