/** The groups that people are in on Mode, and those of them that no IdP had pushed when the bridge removed the people. No I/O. */
import type { Change } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';

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
  /** The directory's groups that the account is in now. */
  groupsIn(memberToken: string): readonly string[];
}

export function groupsOfMode(): GroupsOfMode {
  const names = new Map<string, string>();
  const members = new Map<string, Set<string>>();
  /** The directory's groups by the target's ids, and those that an IdP has pushed. */
  const groupIds = new Map<string, string>();
  const pushed = new Set<string>();
  const lost: LostInMode[] = [];

  function applyRemoval(subject: Subject, memberToken: string, person: string | null): void {
    for (const [groupToken, tokens] of members) {
      const groupId = groupIds.get(groupToken) ?? null;
      if (!tokens.has(memberToken) || pushed.has(groupId ?? '')) continue;
      const group = names.get(groupToken) ?? groupToken;
      lost.push({ subject, name: person ?? memberToken, group, groupId });
    }
  }

  return {
    lost,
    groupsIn: (memberToken) =>
      [...members].flatMap(([groupToken, tokens]) =>
        tokens.has(memberToken) ? (groupIds.get(groupToken) ?? []) : [],
      ),
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
          return;
        }
        case 'mode.group_member_removed':
          members.get(change.data.groupToken)?.delete(change.data.memberToken);
          return;
        case 'operation.applied': {
          const { operation, memberToken, person } = change.data;
          if (isWithin && operation === 'remove_member' && memberToken !== null)
            applyRemoval(change.subject, memberToken, person);
          return;
        }
        default:
          return;
      }
    },
  };
}
