/** The kinds of changes that the IdP or an undo writes. They determine the directory at a time. */
import type { ChangeKind } from '../../directory/change.ts';

export const DIRECTORY_KINDS: readonly ChangeKind[] = [
  'user.created',
  'user.updated',
  'user.deleted',
  'group.created',
  'group.updated',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
];
