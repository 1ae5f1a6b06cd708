/**
 * Names of what must not happen at the same time, held while it does. Pure. Everything else may: calls about different
 * people and groups do not concern each other.
 */
import { foldAddress } from '../model/fold-address.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';

/** Merging a read of the members into what is known, and recording what we did to one. */
export const MEMBER_ROWS = 'rows:members';
export const GROUP_ROWS = 'rows:groups';

/** How many members there are, while somebody is invited and that is limited. */
export const MEMBER_COUNT = 'count:members';

/** Counting what is removed for one connection, so that two jobs cannot both be the last one that may. */
export function removalsKey(connectionId: string): string {
  return `removals:${connectionId}`;
}

/** The members of one group: a call about them, and reading them. */
export function groupKey(targetGroupId: string): string {
  return `group:${targetGroupId}`;
}

/**
 * What must be held from the look that a plan is made from until its last operation is recorded: the person, the name of a
 * group that is made or found by it, and the admins when one of them goes, because the last admin stays.
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

/** What one operation must hold while the target is asked and the answer recorded, in addition to the keys of its plan. */
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

/** What must be held while the answer is recorded. */
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
