/**
 * Names of locks for work that must not run at the same time. Pure. Calls about different people and groups are
 * independent.
 */
import { foldAddress } from '../model/fold-address.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';

/** Merging a read of the members, and recording a change of a member. */
export const MEMBER_ROWS = 'rows:members';
export const GROUP_ROWS = 'rows:groups';

/** The number of members, while a limit applies to an invite. */
export const MEMBER_COUNT = 'count:members';

/** Counting removals of one connection, so that two jobs cannot both use the last free place. */
export function removalsKey(connectionId: string): string {
  return `removals:${connectionId}`;
}

/** The members of one group: changing and reading them. */
export function groupKey(targetGroupId: string): string {
  return `group:${targetGroupId}`;
}

/**
 * The locks from the look until the last operation of the plan is recorded: the person, the name of a group that is
 * created or found by name, and the admins when one of them is removed, because the last admin must stay.
 */
export function planKeys(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.flatMap(keysOf))];
}

function keysOf(operation: Operation): readonly string[] {
  switch (operation.type) {
    case 'invite': {
      const { email, former } = operation;
      return [mailKey(email), ...(former === null ? [] : personKeys(former))];
    }
    case 'remove_member':
    case 'set_admin':
    case 'update_profile':
      return [...personKeys(operation.member), ...(endsAdmin(operation) ? ['admins'] : [])];
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
      return [`name:${operation.name}`];
    case 'add_group_member':
    case 'remove_group_member':
      return [];
  }
}

/** The locks of one operation, in addition to those of its plan, during the call and until the answer is recorded. */
export function stepKeys(operation: Operation): readonly string[] {
  switch (operation.type) {
    case 'add_group_member':
    case 'remove_group_member':
      return [groupKey(operation.targetGroupId), accountKey(operation.accountId)];
    case 'invite':
    case 'remove_member':
    case 'set_admin':
    case 'update_profile':
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
      return [];
  }
}

/** The locks while the answer is recorded. */
export function recordKeys(operation: Operation): readonly string[] {
  switch (operation.type) {
    case 'invite':
    case 'remove_member':
    case 'set_admin':
    case 'update_profile':
      return [MEMBER_ROWS];
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
      return [GROUP_ROWS];
    case 'add_group_member':
    case 'remove_group_member':
      return [];
  }
}

function endsAdmin(operation: Operation & { readonly member: ObservedMember }): boolean {
  if (!operation.member.admin) return false;
  return operation.type === 'remove_member' || (operation.type === 'set_admin' && !operation.admin);
}

function personKeys({ accountId, email }: ObservedMember): string[] {
  return [
    ...(accountId === null ? [] : [accountKey(accountId)]),
    ...(email === null ? [] : [mailKey(email)]),
  ];
}

function accountKey(accountId: string): string {
  return `account:${accountId}`;
}

function mailKey(email: string): string {
  return `mail:${foldAddress(email)}`;
}
