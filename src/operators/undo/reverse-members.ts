/** What an undo sets back of memberships. Pure. A removal from the workspace is about all groups of the person. */
import { membershipOf, nameOf } from './known.ts';
import type { NotUndone, NotUndoneCode } from './not-undone.ts';
import type { Restored } from './restored.ts';
import type { IsOwn, Reversal } from './reversal.ts';
import type { UndoLog } from './undo-log.ts';

/**
 * @param usersRestored people who lose or get back their access
 * @param groupsRestored groups that are deleted or brought back
 */
export function reverseMembers(
  log: UndoLog,
  isOwn: IsOwn,
  usersRestored: readonly Restored[],
  groupsRestored: readonly Restored[],
): Reversal {
  const restored: Restored[] = [];
  const notUndone: NotUndone[] = [];
  const groupsBack = new Map(
    groupsRestored.flatMap(({ what, subject, to }) => (what === 'group' ? [[subject.id, to]] : [])),
  );

  const access = new Map(
    usersRestored.flatMap(({ what, subject, to }) => (what === 'access' ? [[subject.id, to === true]] : [])),
  );
  /** A membership of somebody who was not wanted, and is now, was not in force: Mode had its own. */
  const wasInForce = (userId: string) =>
    log.users.then(userId)?.active === true ||
    !(access.get(userId) ?? log.users.now(userId)?.active === true);

  function reverseMember(key: string): void {
    const { groupId, userId } = membershipOf(key);
    const subject = { kind: 'group', id: groupId } as const;
    const isBack = groupsBack.get(groupId);
    // The members of a group that is deleted go with it, and one that is gone has none.
    const group = isBack === true ? log.groups.then(groupId) : log.groups.now(groupId);
    if (group === undefined || isBack === false || !isOwn(subject)) return;
    // A group that the directory did not have, and that stays: Mode had it, and its members.
    const before = log.touchedMembers.get(key);
    const isKnown = log.groups.then(groupId) !== undefined;
    const isStated = isKnown && (before === undefined || wasInForce(userId));
    const then = isStated ? log.members.then(key) === true : (before?.from ?? false);
    const now = log.members.now(key) === true;
    if (then === now || (!isKnown && log.touchedGroups.get(groupId)?.created === true)) return;
    const name = nameOf(log.users.now(userId) ?? log.users.then(userId));
    const leave = (code: NotUndoneCode) =>
      notUndone.push({ code, subject, name, group: group.name, what: 'member' });
    // Of a person whom the bridge removed, their access says it.
    if (then && log.users.now(userId) === undefined) {
      if (!log.touchedUsers.has(userId)) leave('deleted_by_idp');
    } else if (log.isMemberStated(groupId, userId)) leave('stated_since');
    else restored.push({ what: 'member', subject, userId, name, group: group.name, from: now, to: then });
  }

  const keys = new Set(log.touchedMembers.keys());
  for (const key of log.members.changed) {
    const { groupId, userId } = membershipOf(key);
    const isOfRemoved = log.touchedUsers.get(userId)?.removed === true;
    if (isOfRemoved || groupsBack.get(groupId) === true) keys.add(key);
  }
  for (const key of keys) reverseMember(key);
  for (const { groupId, data } of log.unknownAccounts) {
    const subject = { kind: 'group', id: groupId } as const;
    if (!isOwn(subject)) continue;
    const name = data.person ?? data.memberToken ?? '';
    notUndone.push({ code: 'account_unknown', subject, name, group: data.group, what: 'member' });
  }
  return { restored, notUndone };
}
