/** What changes were about: pure. The state of that, not the change itself, says what a reader has to do. */
import type { Change } from '../directory/change.ts';
import type { Touched } from './feed-store.ts';

/** Groups in one answer all of whose members are told. */
export const MAX_WHOLE_GROUPS = 10;

export function touchedBy(changes: readonly Change[]): Touched {
  const accounts = new Set<string>();
  const groups = new Set<string>();
  const wholeGroups = new Set<string>();
  const holders = new Map<string, Touched['holders'][number]>();
  const memberships = new Map<string, Touched['memberships'][number]>();
  for (const { kind, subject, data } of changes) {
    // Of what the directory does not know, nothing is told.
    if (subject === null) continue;
    const { id } = subject;
    const { userId, memberToken } = data;
    if (subject.kind === 'user') {
      accounts.add(id);
      if (kind !== 'delivery.changed') {
        const token = typeof memberToken === 'string' ? memberToken : null;
        holders.set(`${id} ${token ?? ''}`, { userId: id, memberToken: token });
      }
    } else if (typeof userId === 'string') {
      memberships.set(`${id} ${userId}`, { groupId: id, userId });
    } else if (typeof memberToken === 'string') {
      memberships.set(`${id} token ${memberToken}`, { groupId: id, memberToken });
    } else {
      groups.add(id);
      if (kind !== 'group.created' && kind !== 'delivery.changed') wholeGroups.add(id);
    }
  }
  return {
    accounts,
    groups,
    holders: [...holders.values()],
    wholeGroups,
    memberships: [...memberships.values()],
  };
}
