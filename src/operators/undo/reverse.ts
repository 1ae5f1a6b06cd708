/**
 * Decides what an undo sets back in the directory, and what it leaves, from the change log of a window. Pure. Mode always ends
 * as the directory says, so the values before the window are set back where the bridge changed Mode because of them.
 */
import type { NotUndone } from './not-undone.ts';
import type { IsOwn, Reversal } from './reversal.ts';
import { reverseGroups } from './reverse-groups.ts';
import { reverseMembers } from './reverse-members.ts';
import { reverseUsers } from './reverse-users.ts';
import type { UndoLog } from './undo-log.ts';

export function reverse(log: UndoLog, isOwn: IsOwn): Reversal {
  const users = reverseUsers(log, isOwn);
  const groups = reverseGroups(log, isOwn);
  const members = reverseMembers(log, isOwn, users.restored, groups.restored);
  const byHand = log.byHand
    .filter(({ subject }) => isOwn(subject))
    .map((change): NotUndone => ({ code: 'by_hand', ...change }));
  // A group that the connection has taken over since has its members set back.
  const lost = log.lostInMode
    .filter(
      ({ subject, groupId }) =>
        isOwn(subject) && !(groupId !== null && isOwn({ kind: 'group', id: groupId })),
    )
    .map(({ subject, name, group }): NotUndone => {
      return { code: 'group_of_mode', subject, name, group, what: 'member' };
    });
  return {
    restored: [...users.restored, ...groups.restored, ...members.restored],
    notUndone: [...users.notUndone, ...groups.notUndone, ...members.notUndone, ...lost, ...byHand],
  };
}
