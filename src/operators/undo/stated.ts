/** Which values of users and groups the IdP has stated after a window: an undo leaves those. No I/O. */
import type { Change } from '../../directory/change.ts';
import { memberKey, type KnownGroup, type KnownUser } from './known.ts';
import type { TwoTimes } from './two-times.ts';

export type StatedWhat = 'access' | 'address' | 'role' | 'group' | 'group_name';

export interface Stated {
  /** To be called before the change is applied to the state. */
  apply(change: Change): void;
  /** `group`: anything about it. */
  isStated(what: StatedWhat, id: string): boolean;
  isMemberStated(groupId: string, userId: string): boolean;
}

export function createStated(users: TwoTimes<KnownUser>, groups: TwoTimes<KnownGroup>): Stated {
  const stated = new Set<string>();
  const state = (what: string, id: string) => stated.add(`${what} ${id}`);

  /** A PUT, which the log says, states the whole resource; every other request states what it changes. */
  function apply(change: Change): void {
    switch (change.kind) {
      case 'user.created':
      case 'user.updated': {
        const { id } = change.subject;
        const before = users.now(id);
        const { active, admin, email } = change.data;
        const isWhole = before === undefined || 'by' in change.data;
        if (isWhole || before.active !== active) state('access', id);
        if (isWhole || before.admin !== admin) state('role', id);
        if (isWhole || before.email !== email) state('address', id);
        return;
      }
      case 'user.deleted':
        for (const what of ['access', 'role', 'address']) state(what, change.subject.id);
        return;
      case 'group.deleted':
        for (const what of ['group', 'group_name', 'members']) state(what, change.subject.id);
        return;
      case 'group.created':
      case 'group.updated': {
        const { id } = change.subject;
        const isWhole = 'by' in change.data;
        state('group', id);
        if (isWhole || groups.now(id)?.name !== change.data.displayName) state('group_name', id);
        if (isWhole) state('members', id);
        return;
      }
      case 'group.member_added':
      case 'group.member_removed':
        state('group', change.subject.id);
        state('member', memberKey(change.subject.id, change.data.userId));
        return;
      default:
        return;
    }
  }

  return {
    apply,
    isStated: (what, id) => stated.has(`${what} ${id}`),
    isMemberStated: (groupId, userId) =>
      stated.has(`member ${memberKey(groupId, userId)}`) || stated.has(`members ${groupId}`),
  };
}
