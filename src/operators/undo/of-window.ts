/**
 * Whether something that the bridge has still to do follows from what the IdP stated in the window, and has not stated again
 * since. No I/O.
 */
import type { OperationSummary } from '../../directory/change.ts';
import { memberKey, membershipOf, type KnownGroup, type KnownUser } from './known.ts';
import type { PendingOperation } from './pending.ts';
import type { Stated, StatedWhat } from './stated.ts';
import type { TwoTimes } from './two-times.ts';

export interface OfWindow {
  isOfWindow(operation: PendingOperation): boolean;
  /** The users of an operation about members of a group that are of the window. */
  members(operation: PendingOperation): readonly string[];
}

interface Parts {
  readonly users: TwoTimes<KnownUser>;
  readonly groups: TwoTimes<KnownGroup>;
  readonly members: TwoTimes<true>;
  readonly stated: Stated;
  /** The user whose account it is, as far as it is known. */
  readonly userOf: (operation: OperationSummary) => string | undefined;
}

/** What of its subject an operation follows from; one about a member is not here. */
const CHANGES: Readonly<Record<string, readonly StatedWhat[]>> = {
  invite: ['access', 'address'],
  remove_member: ['access', 'address'],
  set_admin: ['role'],
  update_profile: ['address'],
  create_group: ['group'],
  delete_group: ['group'],
  rename_group: ['group_name'],
};

export function isOfMember({ data }: PendingOperation): boolean {
  return CHANGES[data.operation] === undefined;
}

export function createOfWindow({ users, groups, members, stated, userOf }: Parts): OfWindow {
  /** A task about a group is about all members that were changed. */
  function memberIds({ subject: { id }, data }: PendingOperation): readonly string[] {
    const userIds = data.person === null ? changedMembers(id) : [userOf(data) ?? ''];
    return userIds.filter((userId) => {
      const key = memberKey(id, userId);
      return members.then(key) !== members.now(key) && !stated.isMemberStated(id, userId);
    });
  }

  function changedMembers(groupId: string): readonly string[] {
    const changed = [...members.changed].map(membershipOf);
    return changed.filter((each) => each.groupId === groupId).map(({ userId }) => userId);
  }

  function isOfWindow(operation: PendingOperation): boolean {
    const { subject, data } = operation;
    const what = CHANGES[data.operation];
    if (what === undefined) return memberIds(operation).length > 0;
    return what.some((each) => isOther(each, subject.id) && !stated.isStated(each, subject.id));
  }

  /** Whether the directory has another value than before the window. */
  function isOther(what: StatedWhat, id: string): boolean {
    const [then, now] = [users.then(id), users.now(id)];
    switch (what) {
      case 'access':
        return (then?.active ?? false) !== (now?.active ?? false);
      case 'role':
        return then?.admin !== now?.admin;
      case 'address':
        return then?.email !== now?.email;
      case 'group':
        return (groups.then(id) === undefined) !== (groups.now(id) === undefined);
      case 'group_name':
        return groups.then(id)?.name !== groups.now(id)?.name;
    }
  }

  return { isOfWindow, members: memberIds };
}
