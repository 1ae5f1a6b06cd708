/**
 * Which values of which users and groups the bridge changed in Mode within a window, or an earlier undo in the directory, and
 * which of them the IdP has stated again after it. No I/O.
 */
import type { Change, OperationSummary } from '../../directory/change.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { isUndone, memberKey, type KnownGroup, type KnownUser } from './known.ts';
import type { TwoTimes } from './two-times.ts';

/** A value that was changed, and what it was before the first change, as far as the operation says; undefined: it does not. */
interface Touch<Value> {
  readonly from: Value | undefined;
}

export interface UserTouch {
  /** Whether Mode had the person in the workspace, or invited. */
  access?: Touch<boolean>;
  address?: Touch<string>;
  role?: Touch<boolean>;
  name?: true;
  /** The groups of the person went with the access. */
  removed?: true;
}

export interface GroupTouch {
  created?: true;
  deleted?: true;
  renamed?: true;
}

export type StatedWhat = 'access' | 'address' | 'role' | 'group' | 'group_name';

export interface Touches {
  readonly touchedUsers: ReadonlyMap<string, UserTouch>;
  readonly touchedGroups: ReadonlyMap<string, GroupTouch>;
  /** By the key of the membership. */
  readonly touchedMembers: ReadonlyMap<string, Touch<boolean>>;
  /** Operations about members of groups whose account is no known user's. */
  readonly unknownAccounts: readonly { readonly groupId: string; readonly data: OperationSummary }[];
  /** After the window. `group`: anything about it. */
  isStated(what: StatedWhat, id: string): boolean;
  isMemberStated(groupId: string, userId: string): boolean;
}

interface WritableTouches extends Touches {
  /** To be called before the change is applied to the state. */
  apply(change: Change, isWithin: boolean, isSince: boolean): void;
}

/** @param groupsIn the groups in which Mode has the account, before the change that is applied */
export function createTouches(
  users: TwoTimes<KnownUser>,
  groups: TwoTimes<KnownGroup>,
  groupsIn: (memberToken: string) => readonly string[],
): WritableTouches {
  const touchedUsers = new Map<string, UserTouch>();
  const touchedGroups = new Map<string, GroupTouch>();
  const touchedMembers = new Map<string, Touch<boolean>>();
  const unknownAccounts: { groupId: string; data: OperationSummary }[] = [];
  const stated = new Set<string>();
  /** Users by the account that they are linked to, and by their address. */
  const byAccount = new Map<string, string>();
  const byAddress = new Map<string, string>();

  const userTouch = (id: string) => entryOf(touchedUsers, id);
  const groupTouch = (id: string) => entryOf(touchedGroups, id);
  const state = (what: string, id: string) => stated.add(`${what} ${id}`);

  function touchMember(groupId: string, userId: string, from: boolean): void {
    const key = memberKey(groupId, userId);
    if (!touchedMembers.has(key)) touchedMembers.set(key, { from });
  }

  function applyOperation(id: string, data: OperationSummary): void {
    const { operation, changed, memberToken, person } = data;
    const fromOf = (name: string) => changed[name]?.from;
    switch (operation) {
      case 'invite':
      case 'remove_member': {
        const touch = userTouch(id);
        touch.access ??= { from: ['active', 'invited'].includes(String(fromOf('state'))) };
        // A removal names an account by its address, if it has one.
        const isAddress = operation === 'remove_member' && person?.includes('@') === true;
        touch.address ??= { from: isAddress ? person : undefined };
        if (operation === 'invite') return;
        // The entry names the role of an admin only.
        touch.role ??= { from: isFlag(fromOf('admin')) ?? false };
        touch.removed = true;
        if (memberToken !== null) for (const groupId of groupsIn(memberToken)) touchMember(groupId, id, true);
        return;
      }
      case 'set_admin':
        userTouch(id).role ??= { from: isFlag(fromOf('admin')) };
        return;
      case 'update_profile': {
        const email = fromOf('email');
        if (email !== undefined)
          userTouch(id).address ??= { from: typeof email === 'string' ? email : undefined };
        if (fromOf('name') !== undefined) userTouch(id).name = true;
        return;
      }
      case 'create_group':
        groupTouch(id).created = true;
        return;
      case 'rename_group':
        groupTouch(id).renamed = true;
        return;
      case 'delete_group':
        groupTouch(id).deleted = true;
        return;
      case 'add_group_member':
      case 'remove_group_member': {
        const userId = byAccount.get(memberToken ?? '') ?? byAddress.get(foldAddress(person ?? ''));
        if (userId === undefined) unknownAccounts.push({ groupId: id, data });
        else touchMember(id, userId, operation === 'remove_group_member');
      }
    }
  }

  /** What an undo within the window changed can be undone too. */
  function applyUndone(change: Change): void {
    switch (change.kind) {
      case 'user.updated': {
        const before = users.now(change.subject.id);
        if (before === undefined) return;
        const touch = userTouch(change.subject.id);
        const { active, admin, email } = change.data;
        if (before.active !== active) touch.access ??= { from: before.active };
        if (before.admin !== admin) touch.role ??= { from: before.admin ?? undefined };
        if (before.email !== email) touch.address ??= { from: before.email ?? undefined };
        return;
      }
      case 'group.created':
        groupTouch(change.subject.id).created = true;
        return;
      case 'group.deleted':
        groupTouch(change.subject.id).deleted = true;
        return;
      case 'group.updated':
        groupTouch(change.subject.id).renamed = true;
        return;
      case 'group.member_added':
      case 'group.member_removed':
        touchMember(change.subject.id, change.data.userId, change.kind === 'group.member_removed');
        return;
      default:
        return;
    }
  }

  /** A PUT, which the log says, states the whole resource; every other request states what it changes. */
  function applyStated(change: Change): void {
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
    touchedUsers,
    touchedGroups,
    touchedMembers,
    unknownAccounts,
    isStated: (what, id) => stated.has(`${what} ${id}`),
    isMemberStated: (groupId, userId) =>
      stated.has(`member ${memberKey(groupId, userId)}`) || stated.has(`members ${groupId}`),
    apply: (change, isWithin, isSince) => {
      const { kind, data } = change;
      if (kind === 'mode.linked' && 'memberToken' in data && data.memberToken !== null)
        byAccount.set(data.memberToken, change.subject.id);
      if ((kind === 'user.created' || kind === 'user.updated') && data.active !== false)
        byAddress.set(foldAddress(data.email ?? data.userName ?? ''), change.subject.id);
      if (isWithin && kind === 'operation.applied') applyOperation(change.subject.id, data);
      const undone = 'cause' in data && isUndone(data);
      if (isWithin && undone) applyUndone(change);
      // What a read of Mode found is no statement of the IdP.
      if (isSince && !undone && !('owned' in data)) applyStated(change);
    },
  };
}

function entryOf<Entry extends object>(map: Map<string, Entry>, id: string): Entry {
  const found = map.get(id) ?? ({} as Entry);
  map.set(id, found);
  return found;
}

function isFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
