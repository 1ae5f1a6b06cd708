/** What the change log says of a user or a group at one time, and how a membership is named. */
import type { Caused } from '../../directory/change.ts';

export interface KnownUser {
  readonly userName: string;
  /** undefined: the log does not say; that is a member of Mode whom no IdP has pushed. */
  readonly email: string | null | undefined;
  readonly fullName: string | null | undefined;
  readonly active: boolean;
  readonly admin: boolean | null;
}

export interface KnownGroup {
  readonly name: string;
}

export function nameOf(user: KnownUser | undefined): string {
  return user?.email ?? user?.userName ?? '';
}

export function memberKey(groupId: string, userId: string): string {
  return `${groupId} ${userId}`;
}

export function membershipOf(key: string): { readonly groupId: string; readonly userId: string } {
  const [groupId = '', userId = ''] = key.split(' ');
  return { groupId, userId };
}

export function isUndone({ cause }: Caused): boolean {
  return cause === 'undone';
}
