/** What people changed in Mode within a window, as reads of Mode found it: what no operation of the bridge explains. No I/O. */
import type { Change } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import type { NotUndone } from './not-undone.ts';
import { isDoneBy, type FoundChange } from './own-change.ts';

export type ByHand = Pick<NotUndone, 'name' | 'group' | 'what'> & { readonly subject: Subject };

type Found = ByHand & FoundChange;
/** `isOwn`: an operation did it, or did not; undefined: no entry has said so yet. */
type Candidate = Found & { readonly txn: string | null; isOwn?: boolean | undefined };

interface Member {
  readonly name: string;
  readonly state: string;
  readonly admin: boolean;
}

export interface HandChanges {
  apply(change: Change, txn: string | null, isWithin: boolean): void;
  /** What belongs to an operation is known only in the end: its entry may come later, also after the window. */
  readonly found: readonly ByHand[];
}

export function byHand(): HandChanges {
  const members = new Map<string, Member>();
  const groups = new Map<string, string>();
  const own = new Set<string | null>();
  /** Accounts and groups that the bridge removed. */
  const removed = new Set<string>();
  const candidates: Candidate[] = [];
  /** By the ids of the account and the group. */
  const byToken = new Map<string, Candidate[]>();

  function applyMember(change: Change & { readonly kind: 'mode.member_changed' }): Found[] {
    const { memberToken, email, state, admin } = change.data;
    if (memberToken === null) return [];
    const before = members.get(memberToken);
    const name = email ?? before?.name ?? memberToken;
    members.set(memberToken, { name, state, admin });
    if (before?.state !== 'active' || change.subject === null) return [];
    const about = {
      subject: change.subject,
      name,
      group: null,
      memberToken,
      groupToken: null,
      at: change.at,
    };
    if (state !== 'active') return state === 'former' ? [{ ...about, what: 'access', value: false }] : [];
    return [
      ...(before.admin === admin ? [] : [{ ...about, what: 'role', value: admin } as const]),
      ...(before.name === name ? [] : [{ ...about, what: 'address', value: foldAddress(name) } as const]),
    ];
  }

  function applyGroup(change: Change & { readonly kind: 'mode.group_changed' }): Found[] {
    const { groupToken, name, state } = change.data;
    const before = groups.get(groupToken);
    if (state === 'active' && name !== null) groups.set(groupToken, name);
    if (before === undefined || change.subject === null || (state === 'active' && before === name)) return [];
    const { subject, at } = change;
    const about = { subject, name: before, group: null, memberToken: null, groupToken, at };
    return [
      state === 'gone'
        ? { ...about, what: 'group', value: false }
        : { ...about, what: 'group_name', value: name },
    ];
  }

  function changesFound(change: Change): Found[] {
    switch (change.kind) {
      case 'mode.member_changed':
        return applyMember(change);
      case 'mode.group_changed':
        return applyGroup(change);
      case 'mode.group_member_added':
      case 'mode.group_member_removed': {
        const { groupToken, memberToken } = change.data;
        const member = members.get(memberToken);
        const { subject, at } = change;
        if (subject === null || member?.state !== 'active') return [];
        const group = groups.get(groupToken) ?? groupToken;
        const value = change.kind === 'mode.group_member_added';
        return [{ what: 'member', subject, name: member.name, group, memberToken, groupToken, value, at }];
      }
      default:
        return [];
    }
  }

  function add(candidate: Candidate): void {
    candidates.push(candidate);
    for (const token of [candidate.memberToken, candidate.groupToken]) {
      if (token === null) continue;
      const others = byToken.get(token);
      if (others === undefined) byToken.set(token, [candidate]);
      else others.push(candidate);
    }
  }

  function applyOperation(change: Change & { readonly kind: 'operation.applied' }): void {
    const { memberToken, groupToken } = change.data;
    // An account has few changes, and a group may have those of all of its members.
    for (const candidate of byToken.get(memberToken ?? groupToken ?? '') ?? [])
      candidate.isOwn ??= isDoneBy(candidate, change.data, change.at);
  }

  return {
    apply: (change, txn, isWithin) => {
      const found = changesFound(change);
      if (isWithin) for (const each of found) add({ ...each, txn });
      if (change.kind !== 'operation.applied') return;
      applyOperation(change);
      if (!isWithin) return;
      own.add(txn);
      const { operation, memberToken, groupToken } = change.data;
      if (operation === 'remove_member' && memberToken !== null) removed.add(memberToken);
      if (operation === 'delete_group' && groupToken !== null) removed.add(groupToken);
    },
    get found() {
      return candidates
        .filter(({ txn, isOwn, memberToken, groupToken }) => {
          return (
            isOwn !== true &&
            !own.has(txn) &&
            !removed.has(memberToken ?? '') &&
            !removed.has(groupToken ?? '')
          );
        })
        .map(({ subject, name, group, what }) => ({ subject, name, group, what }));
    },
  };
}
