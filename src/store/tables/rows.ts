/** Rows to domain values and back. */
import type { Selectable } from 'kysely';
import { foldText } from '../../directory/fold.ts';
import type { Group } from '../../directory/group/group.ts';
import type { User } from '../../directory/user/user.ts';
import type {
  ObservedGroup,
  ObservedGroupMember,
  ObservedMember,
} from '../../provisioning/model/observed.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import { flag } from './flag.ts';
import type { GroupsTable, UsersTable } from './directory-tables.ts';
import type {
  ObservedGroupMembersTable,
  ObservedGroupsTable,
  ObservedMembersTable,
} from './observed-tables.ts';

/** The form in which names of users and groups are compared, and addresses that are searched for. */
export function nameKey(text: string): string {
  return foldText(text.trim());
}

/**
 * The form in which addresses are matched with Mode. It folds less than names are: `strasse@` and `straße@` are two
 * mailboxes, which may belong to two people.
 */
export function fold(text: string): string {
  return text.trim().toLowerCase();
}

export function userRow(user: User): Omit<UsersTable, 'deleted_at' | 'account_key' | 'leaving'> {
  return {
    id: user.id,
    workspace: user.workspace,
    owner_id: user.ownerId,
    user_name: user.userName,
    user_name_key: nameKey(user.userName),
    external_id: user.externalId,
    active: flag(user.active),
    email: user.email,
    email_key: user.email === null ? null : fold(user.email),
    full_name: user.fullName,
    admin: user.admin === null ? null : flag(user.admin),
    document: user.document,
    version: user.version,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}

/** What of a row makes a user. */
export const USER_COLUMNS = [
  'id',
  'workspace',
  'owner_id',
  'user_name',
  'external_id',
  'active',
  'email',
  'full_name',
  'admin',
  'document',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof UsersTable)[];

export function toUser(row: Pick<Selectable<UsersTable>, (typeof USER_COLUMNS)[number]>): User {
  return {
    id: row.id,
    workspace: row.workspace,
    ownerId: row.owner_id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active === 1,
    email: row.email,
    fullName: row.full_name,
    admin: row.admin === null ? null : row.admin === 1,
    document: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function groupRow(group: Group): Omit<GroupsTable, 'deleted_at'> {
  return {
    id: group.id,
    workspace: group.workspace,
    owner_id: group.ownerId,
    display_name: group.displayName,
    display_name_key: nameKey(group.displayName),
    external_id: group.externalId,
    document: group.document,
    version: group.version,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
  };
}

/** What of a row makes a group. */
export const GROUP_COLUMNS = [
  'id',
  'workspace',
  'owner_id',
  'display_name',
  'external_id',
  'document',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof GroupsTable)[];

export function toGroup(row: Pick<Selectable<GroupsTable>, (typeof GROUP_COLUMNS)[number]>): Group {
  return {
    id: row.id,
    workspace: row.workspace,
    ownerId: row.owner_id,
    displayName: row.display_name,
    externalId: row.external_id,
    document: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What a read or a write says of a member; when they were last seen is written by the read as a whole. */
export function memberRow(
  workspace: string,
  member: ObservedMember,
): Omit<ObservedMembersTable, 'read_at' | 'read_how'> {
  return {
    workspace,
    member_key: memberKey(member),
    member_token: member.accountId,
    membership_token: member.membershipId,
    username: member.username,
    email: member.email,
    email_key: member.email === null ? null : fold(member.email),
    name: member.name,
    state: member.state,
    raw_state: member.rawState ?? null,
    admin: flag(member.admin),
    managed_by_scim: flag(member.managedElsewhere),
    written_at: member.writtenAt,
  };
}

export function toMember(row: Selectable<ObservedMembersTable>): ObservedMember {
  return {
    accountId: row.member_token,
    membershipId: row.membership_token,
    username: row.username,
    email: row.email,
    name: row.name,
    state: row.state as ObservedMember['state'],
    admin: row.admin === 1,
    managedElsewhere: row.managed_by_scim === 1,
    writtenAt: row.written_at,
    ...(row.raw_state === null ? {} : { rawState: row.raw_state }),
  };
}

export function toObservedGroup(row: Selectable<ObservedGroupsTable>): ObservedGroup {
  return {
    token: row.token,
    name: row.name,
    writable: row.writable === 1,
    writtenAt: row.written_at,
    ...(row.member_count === null ? {} : { memberCount: row.member_count }),
  };
}

export function toGroupMember(row: Selectable<ObservedGroupMembersTable>): ObservedGroupMember {
  return {
    targetGroupId: row.group_token,
    accountId: row.member_token,
    groupMembershipId: row.group_membership_token === '' ? null : row.group_membership_token,
    writtenAt: row.written_at,
  };
}
