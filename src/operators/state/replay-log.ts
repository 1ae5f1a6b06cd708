/**
 * Plays changes in order to get the state after them: what the IdP wanted, and what the target had as far as the bridge
 * knew. No I/O. It keeps one small record for each person, group and membership.
 */
import type { Change } from '../../directory/change.ts';
import type { StateEntry } from './state-entry.ts';
import { compareNames } from './state-entry.ts';

interface User {
  readonly userName: string;
  readonly active: boolean;
  readonly admin: boolean | null;
  readonly owned: boolean;
}

interface Group {
  name: string;
  owned: boolean;
  readonly members: Set<string>;
}

interface Member {
  readonly name: string;
  readonly state: string;
  readonly admin: boolean;
}

export interface ReplayedLog {
  apply(change: Change): void;
  /** False when a change is about a user that no earlier change created. */
  readonly isWhole: boolean;
  /** By side, kind, group and name. */
  entries(): Generator<StateEntry>;
  /** An independent copy of the state. */
  copy(): ReplayedLog;
}

/** The state of the workspace after some changes. */
interface Known {
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly members: Map<string, Member>;
  readonly targetGroups: Map<string, TargetGroup>;
}

interface TargetGroup {
  name: string;
  readonly members: Set<string>;
}

const NOTHING: Known = { users: new Map(), groups: new Map(), members: new Map(), targetGroups: new Map() };

/** @param start the state before the first change; it is not modified */
export function replayLog(start = NOTHING): ReplayedLog {
  // Users and members are never changed in place.
  const users = new Map(start.users);
  const members = new Map(start.members);
  const withMembers = <Row extends TargetGroup>(rows: ReadonlyMap<string, Row>) =>
    new Map([...rows].map(([id, row]) => [id, { ...row, members: new Set(row.members) }]));
  const groups = withMembers(start.groups);
  const targetGroups = withMembers(start.targetGroups);
  let isWhole = true;

  function groupOf(id: string): Group {
    const found = groups.get(id);
    if (found !== undefined) return found;
    isWhole = false;
    const made = { name: id, owned: true, members: new Set<string>() };
    groups.set(id, made);
    return made;
  }

  /** The members of a group may be read before its name. */
  function targetGroupOf(token: string) {
    const found = targetGroups.get(token) ?? { name: '', members: new Set<string>() };
    targetGroups.set(token, found);
    return found;
  }

  function setMember(data: (Change & { readonly kind: 'mode.member_changed' })['data']): void {
    const { memberToken, email, state, admin } = data;
    const byAddress = `email:${(email ?? '').toLowerCase()}`;
    const key = memberToken ?? byAddress;
    if (state === 'former') {
      members.delete(key);
      return;
    }
    // Until the account of an invite is known, it is kept under the address.
    if (memberToken !== null) members.delete(byAddress);
    members.set(key, { name: email ?? key, state, admin });
  }

  function apply(change: Change): void {
    switch (change.kind) {
      case 'user.created': {
        const { userName = '', active = true, admin = null, owned = true } = change.data;
        users.set(change.subject.id, { userName, active, admin, owned });
        return;
      }
      case 'user.updated': {
        const { userName, active, admin, owned = true } = change.data;
        if (!users.has(change.subject.id)) isWhole = false;
        users.set(change.subject.id, { userName, active, admin, owned });
        return;
      }
      case 'user.deleted':
        users.delete(change.subject.id);
        return;
      case 'group.created': {
        const { displayName = '', owned = true } = change.data;
        groups.set(change.subject.id, { name: displayName, owned, members: new Set() });
        return;
      }
      case 'group.updated': {
        const { displayName, owned = true } = change.data;
        Object.assign(groupOf(change.subject.id), { name: displayName, owned });
        return;
      }
      case 'group.deleted':
        groups.delete(change.subject.id);
        return;
      case 'group.member_added':
        groupOf(change.subject.id).members.add(change.data.userId);
        return;
      case 'group.member_removed':
        groups.get(change.subject.id)?.members.delete(change.data.userId);
        return;
      case 'mode.member_changed':
        setMember(change.data);
        return;
      case 'mode.group_changed': {
        const { groupToken, name, state } = change.data;
        if (state === 'gone') targetGroups.delete(groupToken);
        else targetGroupOf(groupToken).name = name ?? '';
        return;
      }
      case 'mode.group_member_added':
        targetGroupOf(change.data.groupToken).members.add(change.data.memberToken);
        return;
      case 'mode.group_member_removed':
        targetGroups.get(change.data.groupToken)?.members.delete(change.data.memberToken);
        return;
      case 'mode.forgotten':
        members.clear();
        targetGroups.clear();
        return;
      case 'mode.linked':
      case 'mode.resource_changed':
      case 'mode.permission_added':
      case 'mode.permission_removed':
      case 'delivery.changed':
      case 'operation.applied':
      case 'operation.refused':
      case 'connection.added':
      case 'connection.removed':
      case 'connection.state_changed':
      case 'connection.drift_set':
      case 'token.created':
      case 'token.revoked':
      case 'event_key.added':
      case 'hold.approved':
      case 'hold.rejected':
      case 'task.closed':
      case 'undo.applied':
        return;
    }
  }

  function* entries(): Generator<StateEntry> {
    const wanted = [...users.values()].filter(({ owned, active }) => owned && active);
    yield* sorted(
      wanted.map(({ userName, admin }) => {
        const role = admin === null ? 'no role named' : admin ? 'admin' : 'member';
        return { side: 'idp', what: 'person', group: '', name: userName, detail: role };
      }),
    );
    yield* groupEntries(
      'idp',
      [...groups.values()].filter(({ owned }) => owned),
      (id) => {
        const user = users.get(id);
        return user?.active === true ? user.userName : undefined;
      },
    );
    yield* sorted(
      [...members.values()].map(({ name, state, admin }) => {
        const detail = state === 'active' ? (admin ? 'admin' : 'member') : state;
        return { side: 'mode', what: 'person', group: '', name, detail };
      }),
    );
    yield* groupEntries(
      'mode',
      [...targetGroups.values()].filter(({ name }) => name !== ''),
      (token) => {
        const member = members.get(token);
        return member?.state === 'active' ? member.name : undefined;
      },
    );
  }

  return {
    apply,
    get isWhole() {
      return isWhole;
    },
    entries,
    copy: () => replayLog({ users, groups, members, targetGroups }),
  };
}

/** One group at a time, because all members together would be too many. */
function* groupEntries(
  side: StateEntry['side'],
  groups: readonly { readonly name: string; readonly members: ReadonlySet<string> }[],
  nameOf: (id: string) => string | undefined,
): Generator<StateEntry> {
  yield* sorted(groups.map(({ name }) => ({ side, what: 'group', group: '', name, detail: '' })));
  const byName = Map.groupBy(groups, ({ name }) => name);
  for (const name of [...byName.keys()].sort()) {
    const ids = (byName.get(name) ?? []).flatMap(({ members }) => [...members]);
    yield* sorted(
      ids.flatMap((id): StateEntry[] => {
        const member = nameOf(id);
        return member === undefined ? [] : [{ side, what: 'member', group: name, name: member, detail: '' }];
      }),
    );
  }
}

/** Entries of one side, kind and group. */
function sorted(entries: readonly StateEntry[]): readonly StateEntry[] {
  return entries.toSorted(compareNames);
}
