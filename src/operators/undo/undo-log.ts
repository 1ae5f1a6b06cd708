/**
 * Plays the change log and keeps, for a window of it, what the IdP had stated before the window, what it states now, what the
 * bridge did to Mode within the window, and what the IdP has stated again since. No I/O.
 */
import type { Change } from '../../directory/change.ts';
import { byHand, type ByHand } from './by-hand.ts';
import { groupsOfMode, type LostInMode } from './groups-of-mode.ts';
import { isUndone, memberKey, type KnownGroup, type KnownUser } from './known.ts';
import type { LogEntry, UndoWindow } from './undo-store.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { createTouches, type Touches } from './touches.ts';
import { createTwoTimes, type TwoTimes } from './two-times.ts';

export interface UndoLog extends Touches {
  apply(entry: LogEntry): void;
  /** False: a change is about a user that no earlier change created. */
  readonly isWhole: boolean;
  /** `then` is before the window. */
  readonly users: TwoTimes<KnownUser>;
  readonly groups: TwoTimes<KnownGroup>;
  /** By the ids of the group and the user. */
  readonly members: TwoTimes<true>;
  readonly accounts: Accounts;
  /** Groups that an undo deleted: the IdP still has them. */
  readonly deletedByUndo: ReadonlySet<string>;
  /** What people changed in Mode within the window. */
  readonly byHand: readonly ByHand[];
  /** Memberships of groups that no IdP has pushed, which people lost with their access within the window. */
  readonly lostInMode: readonly LostInMode[];
}

/** @param times the begin and the end of the window, milliseconds since the epoch */
export function createUndoLog(
  { after, upTo }: UndoWindow,
  { from, to }: { readonly from: number; readonly to: number },
): UndoLog {
  const users = createTwoTimes<KnownUser>();
  const groups = createTwoTimes<KnownGroup>();
  const members = createTwoTimes<true>();
  const deletedByUndo = new Set<string>();
  const hands = byHand();
  const ofMode = groupsOfMode();
  const accounts = createAccounts();
  const touches = createTouches({ users, groups, members, groupsIn: ofMode.groupsIn });
  let isWhole = true;

  function apply({ change, txn }: LogEntry): void {
    const { position, at } = change;
    // Entries of two writers are not quite in the order of their times: what is later by either is newer.
    const isAfter = position > after || at > from;
    const isWithin = isAfter && position <= upTo && at <= to;
    touches.apply(change, isWithin, isAfter && !isWithin);
    hands.apply(change, txn, isWithin);
    ofMode.apply(change, isWithin);
    accounts.apply(change, isAfter, isWithin);
    applyState(change, isAfter);
  }

  function applyState(change: Change, isAfter: boolean): void {
    switch (change.kind) {
      case 'user.created': {
        const { userName = '', email, fullName, active = true, admin = null } = change.data;
        users.set(change.subject.id, { userName, email, fullName, active, admin }, isAfter);
        return;
      }
      case 'user.updated': {
        const { userName, email, fullName, active, admin } = change.data;
        if (users.now(change.subject.id) === undefined) isWhole = false;
        users.set(change.subject.id, { userName, email, fullName, active, admin }, isAfter);
        return;
      }
      case 'user.deleted':
        users.set(change.subject.id, undefined, isAfter);
        return;
      case 'group.created':
        deletedByUndo.delete(change.subject.id);
        groups.set(change.subject.id, { name: change.data.displayName ?? '' }, isAfter);
        return;
      case 'group.updated':
        if (groups.now(change.subject.id) === undefined) isWhole = false;
        groups.set(change.subject.id, { name: change.data.displayName }, isAfter);
        return;
      case 'group.deleted':
        groups.set(change.subject.id, undefined, isAfter);
        if (isUndone(change.data)) deletedByUndo.add(change.subject.id);
        return;
      case 'group.member_added':
        members.set(memberKey(change.subject.id, change.data.userId), true, isAfter);
        return;
      case 'group.member_removed':
        members.set(memberKey(change.subject.id, change.data.userId), undefined, isAfter);
        return;
      default:
        return;
    }
  }

  return {
    ...touches,
    apply,
    users,
    groups,
    members,
    accounts,
    deletedByUndo,
    lostInMode: ofMode.lost,
    get byHand() {
      return hands.found;
    },
    get isWhole() {
      return isWhole;
    },
  };
}
