/** What people changed in Mode within a window, as reads of Mode found it: what no operation of the bridge explains. No I/O. */
import type { Change } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { NotUndone } from './not-undone.ts';

export type ByHand = Pick<NotUndone, 'name' | 'group' | 'what'> & { readonly subject: Subject };

interface Candidate extends ByHand {
  readonly txn: string | null;
  /** It follows from an operation about one of these: the target's ids of accounts and groups. */
  readonly of: readonly string[];
}

interface Member {
  readonly name: string;
  readonly state: string;
  readonly admin: boolean;
}

export interface HandChanges {
  apply(change: Change, txn: string | null, isWithin: boolean): void;
  /** What belongs to an operation is known only in the end: it may come later in its transaction. */
  readonly found: readonly ByHand[];
}

export function byHand(): HandChanges {
  const members = new Map<string, Member>();
  const groups = new Map<string, string>();
  const own = new Set<string | null>();
  /** Accounts and groups that the bridge removed. */
  const removed = new Set<string>();
  const candidates: Candidate[] = [];

  function applyMember(change: Change & { readonly kind: 'mode.member_changed' }): Omit<Candidate, 'txn'>[] {
    const { memberToken, email, state, admin } = change.data;
    if (memberToken === null) return [];
    const before = members.get(memberToken);
    const name = email ?? before?.name ?? memberToken;
    members.set(memberToken, { name, state, admin });
    if (before?.state !== 'active' || change.subject === null) return [];
    const about = { subject: change.subject, name, group: null, of: [memberToken] };
    if (state !== 'active') return state === 'former' ? [{ ...about, what: 'access' }] : [];
    return [
      ...(before.admin === admin ? [] : [{ ...about, what: 'role' } as const]),
      ...(before.name === name ? [] : [{ ...about, what: 'address' } as const]),
    ];
  }

  function applyGroup(change: Change & { readonly kind: 'mode.group_changed' }): Omit<Candidate, 'txn'>[] {
    const { groupToken, name, state } = change.data;
    const before = groups.get(groupToken);
    if (state === 'active' && name !== null) groups.set(groupToken, name);
    if (before === undefined || change.subject === null || (state === 'active' && before === name)) return [];
    const what = state === 'gone' ? 'group' : 'group_name';
    return [{ what, subject: change.subject, name: before, group: null, of: [groupToken] }];
  }

  function candidatesOf(change: Change): Omit<Candidate, 'txn'>[] {
    switch (change.kind) {
      case 'mode.member_changed':
        return applyMember(change);
      case 'mode.group_changed':
        return applyGroup(change);
      case 'mode.group_member_added':
      case 'mode.group_member_removed': {
        const { groupToken, memberToken } = change.data;
        const member = members.get(memberToken);
        if (change.subject === null || member?.state !== 'active') return [];
        const group = groups.get(groupToken) ?? groupToken;
        const of = [groupToken, memberToken];
        return [{ what: 'member', subject: change.subject, name: member.name, group, of }];
      }
      default:
        return [];
    }
  }

  return {
    apply: (change, txn, isWithin) => {
      const found = candidatesOf(change);
      if (!isWithin) return;
      for (const each of found) candidates.push({ ...each, txn });
      if (change.kind !== 'operation.applied') return;
      own.add(txn);
      const { operation, memberToken, groupToken } = change.data;
      if (operation === 'remove_member' && memberToken !== null) removed.add(memberToken);
      if (operation === 'delete_group' && groupToken !== null) removed.add(groupToken);
    },
    get found() {
      return candidates
        .filter(({ txn, of }) => !own.has(txn) && !of.some((token) => removed.has(token)))
        .map(({ subject, name, group, what }) => ({ subject, name, group, what }));
    },
  };
}
