/**
 * What must not happen at the same time, as names that are held while it does: pure. Everything else may: calls about
 * different people and groups do not concern each other.
 */
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from './plan.ts';

/** Merging a read of the members into what is known, and recording what we did to one. */
export const MEMBER_ROWS = 'rows:members';
export const GROUP_ROWS = 'rows:groups';

/** The members of one group: a call about them, and reading them. */
export function groupKey(groupToken: string): string {
  return `group:${groupToken}`;
}

/**
 * What a plan must hold from the look that it is made from until its last step is recorded: the person, the name of a
 * group that is made or found by it, and the admins when one of them goes, since the last one stays.
 */
export function planKeys({ operations }: Plan): readonly string[] {
  return unique(
    operations.flatMap((operation) => {
      if (operation.type === 'invite') {
        const { email, former } = operation;
        return [mailKey(email), ...(former === null ? [] : personKeys(former))];
      }
      if ('member' in operation) {
        return [...personKeys(operation.member), ...(endsAdmin(operation) ? ['admins'] : [])];
      }
      return 'name' in operation ? [`name:${operation.name}`] : [];
    }),
  );
}

/** What one step must hold while Mode is asked and the answer recorded, besides the keys of its plan. */
export function stepKeys(operation: Operation): readonly string[] {
  switch (operation.type) {
    case 'add_group_member':
    case 'remove_group_member':
      return [groupKey(operation.groupToken), accountKey(operation.memberToken)];
    default:
      return [];
  }
}

/** What must be held while the answer is recorded. */
export function recordKeys(operation: Operation): readonly string[] {
  if ('member' in operation || operation.type === 'invite') return [MEMBER_ROWS];
  return 'name' in operation ? [GROUP_ROWS] : [];
}

function endsAdmin(operation: Operation & { readonly member: ObservedMember }): boolean {
  if (!operation.member.admin) return false;
  return operation.type === 'remove_member' || (operation.type === 'set_admin' && !operation.admin);
}

function personKeys({ memberToken, email }: ObservedMember): string[] {
  return [
    ...(memberToken === null ? [] : [accountKey(memberToken)]),
    ...(email === null ? [] : [mailKey(email)]),
  ];
}

function accountKey(memberToken: string): string {
  return `account:${memberToken}`;
}

function mailKey(email: string): string {
  return `mail:${email.trim().toLowerCase()}`;
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}
