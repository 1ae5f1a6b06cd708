/**
 * Which values of which users and groups the bridge changed in Mode within a window, or an earlier undo in the directory, and
 * which the bridge has still to change because of the window. No I/O.
 */
import type { Change, OperationSummary } from '../../directory/change.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { isUndone, memberKey, type KnownGroup, type KnownUser } from './known.ts';
import { createOfWindow, isOfMember, type OfWindow } from './of-window.ts';
import type { PendingOperation } from './pending.ts';
import { createStated, type Stated } from './stated.ts';
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

export interface Touches extends Pick<Stated, 'isStated' | 'isMemberStated'> {
  readonly touchedUsers: ReadonlyMap<string, UserTouch>;
  readonly touchedGroups: ReadonlyMap<string, GroupTouch>;
  /** By the key of the membership. */
  readonly touchedMembers: ReadonlyMap<string, Touch<boolean>>;
  /** Operations about members of groups whose account is no known user's. */
  readonly unknownAccounts: readonly { readonly groupId: string; readonly data: OperationSummary }[];
  readonly isOfWindow: OfWindow['isOfWindow'];
  /** Counts an operation of the window as done. */
  applyPending(operation: PendingOperation): void;
}

interface WritableTouches extends Touches {
  /** To be called before the change is applied to the state. */
  apply(change: Change, isWithin: boolean, isSince: boolean): void;
}

interface OfLog {
  readonly users: TwoTimes<KnownUser>;
  readonly groups: TwoTimes<KnownGroup>;
  readonly members: TwoTimes<true>;
  /** The groups in which Mode has the account, before the change that is applied. */
  readonly groupsIn: (memberToken: string, at: number) => readonly string[];
}

export function createTouches({ users, groups, members, groupsIn }: OfLog): WritableTouches {
  const touchedUsers = new Map<string, UserTouch>();
  const touchedGroups = new Map<string, GroupTouch>();
  const touchedMembers = new Map<string, Touch<boolean>>();
  const unknownAccounts: { groupId: string; data: OperationSummary }[] = [];
  const stated = createStated(users, groups);
  /** Users by the account that they are linked to, and by their address. */
  const byAccount = new Map<string, string>();
  const byAddress = new Map<string, string>();

  const ofWindow = createOfWindow({ users, groups, members, stated, userOf });
  const userTouch = (id: string) => entryOf(touchedUsers, id);
  const groupTouch = (id: string) => entryOf(touchedGroups, id);

  function touchMember(groupId: string, userId: string, from: boolean): void {
    const key = memberKey(groupId, userId);
    if (!touchedMembers.has(key)) touchedMembers.set(key, { from });
  }

  function userOf({ memberToken, person }: OperationSummary): string | undefined {
    return byAccount.get(memberToken ?? '') ?? byAddress.get(foldAddress(person ?? ''));
  }

  function applyPending(operation: PendingOperation): void {
    const { subject, data } = operation;
    if (!isOfMember(operation)) {
      if (ofWindow.isOfWindow(operation)) applyOperation(subject.id, data, Infinity);
      return;
    }
    for (const userId of ofWindow.members(operation)) {
      const before = members.then(memberKey(subject.id, userId)) === true;
      touchMember(
        subject.id,
        userId,
        data.person === null ? before : data.operation === 'remove_group_member',
      );
    }
  }

  function applyOperation(id: string, data: OperationSummary, at: number): void {
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
        if (memberToken !== null)
          for (const groupId of groupsIn(memberToken, at)) touchMember(groupId, id, true);
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
        const userId = userOf(data);
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

  return {
    touchedUsers,
    touchedGroups,
    touchedMembers,
    unknownAccounts,
    isStated: stated.isStated,
    isMemberStated: stated.isMemberStated,
    isOfWindow: ofWindow.isOfWindow,
    applyPending,
    apply: (change, isWithin, isSince) => {
      const { kind, data } = change;
      if (kind === 'mode.linked' && 'memberToken' in data && data.memberToken !== null)
        byAccount.set(data.memberToken, change.subject.id);
      if ((kind === 'user.created' || kind === 'user.updated') && data.active !== false)
        byAddress.set(foldAddress(data.email ?? data.userName ?? ''), change.subject.id);
      if (isWithin && kind === 'operation.applied') applyOperation(change.subject.id, data, change.at);
      const undone = 'cause' in data && isUndone(data);
      if (isWithin && undone) applyUndone(change);
      // What a read of Mode found is no statement of the IdP.
      if (isSince && !undone && !('owned' in data)) stated.apply(change);
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
