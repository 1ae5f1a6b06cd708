/** Removals: their keys, and the scopes in which they are counted. Pure. */
import { memberKey } from '../model/observation.ts';
import type { Operation } from '../model/operation.ts';

/** A removal as it is counted. */
export interface Removal {
  /** Identifies the operation within its subject, also when it is planned again. */
  readonly key: string;
  /** Removals of one scope are counted together: `members`, `admins`, `groups`, or `group:` and the target's id of a group. */
  readonly scope: string;
}

/** @returns null for an operation that removes nothing */
export function removalOf(operation: Operation): Removal | null {
  const scope = scopeOf(operation);
  return scope === null ? null : { key: operationKey(operation), scope };
}

/** The scope of the members of one group. */
function groupScope(targetGroupId: string): string {
  return `group:${targetGroupId}`;
}

function scopeOf(operation: Operation): string | null {
  switch (operation.type) {
    case 'remove_member':
      return 'members';
    case 'set_admin':
      return operation.admin ? null : 'admins';
    case 'delete_group':
      return 'groups';
    case 'remove_group_member':
      return groupScope(operation.targetGroupId);
    case 'invite':
    case 'update_profile':
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'add_group_member':
      return null;
  }
}

/** Unique within a plan, among operations that can be held. */
export function operationKey(operation: Operation): string {
  const { type } = operation;
  switch (type) {
    case 'remove_member':
    case 'set_admin':
      return `${type} ${memberKey(operation.member)}`;
    case 'update_profile':
      return `${type} ${memberKey(operation.member)} ${operation.change.email ?? ''}`;
    case 'delete_group':
    case 'rename_group':
    case 'adopt_group':
      return `${type} ${operation.targetGroupId}`;
    case 'add_group_member':
    case 'remove_group_member':
      return `${type} ${operation.targetGroupId} ${operation.accountId}`;
    case 'invite':
      return `${type} ${operation.email}`;
    case 'create_group':
      return `${type} ${operation.name}`;
  }
}
