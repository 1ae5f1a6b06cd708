/** One value of the directory that an undo sets back, and the form in which two of them are compared. */
import type { Subject } from '../../directory/subject.ts';

/**
 * `access`: whether the person is wanted in the workspace. `role`: the admin role. `address`: the e-mail of the person.
 * `account`: which account of Mode is theirs, by its address. `group`: whether there is the group. `group_name`: its name. `member`: whether the person is in the group.
 */
export const RESTORED_KINDS = [
  'access',
  'role',
  'address',
  'account',
  'group',
  'group_name',
  'member',
] as const;

export interface Restored {
  readonly what: (typeof RESTORED_KINDS)[number];
  /** Whose value it is; of a member the group. */
  readonly subject: Subject;
  /** Only of a member. */
  readonly userId: string | null;
  /** The person or the group. */
  readonly name: string;
  /** Only of a member: the name of the group. */
  readonly group: string | null;
  /** What the directory has now, and what it has after the undo. */
  readonly from: string | boolean | null;
  readonly to: string | boolean;
}

export function restoredKey({ what, subject, userId, from, to }: Restored): string {
  return JSON.stringify([what, subject.kind, subject.id, userId, from, to]);
}
