/** Converts rows of the observed state from and to domain values. */
import type { Selectable } from 'kysely';
import { memberKey } from '../../provisioning/model/observation.ts';
import type {
  ObservedGroup,
  ObservedGroupMember,
  ObservedMember,
} from '../../provisioning/model/observed.ts';
import { profileOf } from '../../provisioning/model/profile.ts';
import { flag } from './flag.ts';
import { fold } from './keys.ts';
import type {
  ObservedGroupMembersTable,
  ObservedGroupsTable,
  ObservedMembersTable,
} from './observed-tables.ts';

/** The columns of a member from a read or a write. The read as a whole sets when they were seen. */
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
    ...profileOf(member),
    email_key: member.email === null ? null : fold(member.email),
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
    ...profileOf(row),
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
