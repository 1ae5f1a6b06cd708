/** The groups that people are in on Mode, and those of them that no IdP had pushed when the bridge removed the people. No I/O. */
import type { Change } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import { MAX_LATE_MS } from './own-change.ts';

export interface LostInMode {
  readonly subject: Subject;
  readonly name: string;
  readonly group: string;
  /** Of the directory, which shows the group to the IdP; null: it does not. */
  readonly groupId: string | null;
}

export interface GroupsOfMode {
  apply(change: Change, isWithin: boolean): void;
  readonly lost: readonly LostInMode[];
  /** The directory's groups that the account is in when the bridge removes it from the workspace. */
  groupsIn(memberToken: string, at: number): readonly string[];
}

export function groupsOfMode(): GroupsOfMode {
  const names = new Map<string, string>();
  const members = new Map<string, Set<string>>();
  /** The directory's groups by the target's ids, and those that an IdP has pushed. */
  const groupIds = new Map<string, string>();
  const pushed = new Set<string>();
  /** When a read found that an account has left a group, by the account and the group. */
  const left = new Map<string, Map<string, number>>();
  const lost: LostInMode[] = [];

  /** A read may find that an account is out of its groups a moment before the log has the removal of the account. */
  function groupsWith(memberToken: string, at: number): readonly string[] {
    const justLeft = [...(left.get(memberToken) ?? [])].filter(([, leftAt]) => at - leftAt <= MAX_LATE_MS);
    const groups = [...members].filter(([, tokens]) => tokens.has(memberToken));
    return [...new Set([...groups, ...justLeft].map(([groupToken]) => groupToken))];
  }

  function applyRemoval(subject: Subject, memberToken: string, person: string | null, at: number): void {
    for (const groupToken of groupsWith(memberToken, at)) {
      const groupId = groupIds.get(groupToken) ?? null;
      if (pushed.has(groupId ?? '')) continue;
      const group = names.get(groupToken) ?? groupToken;
      lost.push({ subject, name: person ?? memberToken, group, groupId });
    }
  }

  return {
    lost,
    groupsIn: (memberToken, at) =>
      groupsWith(memberToken, at).flatMap((groupToken) => groupIds.get(groupToken) ?? []),
    apply: (change, isWithin) => {
      const { subject, data } = change;
      if ('groupToken' in data && data.groupToken !== null && subject?.kind === 'group')
        groupIds.set(data.groupToken, subject.id);
      switch (change.kind) {
        case 'group.created':
        case 'group.updated':
          if (change.data.owned === false) pushed.delete(change.subject.id);
          else pushed.add(change.subject.id);
          return;
        case 'mode.group_changed': {
          const { groupToken, name } = change.data;
          if (name === null) members.delete(groupToken);
          else names.set(groupToken, name);
          return;
        }
        case 'mode.group_member_added': {
          const { groupToken, memberToken } = change.data;
          members.set(groupToken, (members.get(groupToken) ?? new Set()).add(memberToken));
          left.get(memberToken)?.delete(groupToken);
          return;
        }
        case 'mode.group_member_removed': {
          const { groupToken, memberToken } = change.data;
          members.get(groupToken)?.delete(memberToken);
          left.set(
            memberToken,
            (left.get(memberToken) ?? new Map<string, number>()).set(groupToken, change.at),
          );
          return;
        }
        case 'operation.applied': {
          const { operation, memberToken, person } = change.data;
          if (isWithin && operation === 'remove_member' && memberToken !== null)
            applyRemoval(change.subject, memberToken, person, change.at);
          return;
        }
        default:
          return;
      }
    },
  };
}
