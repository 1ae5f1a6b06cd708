/**
 * What a dry run looks at, as it would be after an undo: the store with the restored values in place of those of now. Pure,
 * except for the reads of the store.
 */
import { foldText } from '../../directory/fold.ts';
import type {
  DryRunGroup,
  DryRunGroups,
  DryRunMembers,
  DryRunPeople,
  DryRunUser,
} from '../../provisioning/dry-run/dry-run-facts.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import type { DryRunStore } from '../../provisioning/ports/dry-run-store.ts';
import type { Restored } from './restored.ts';

/** What the store has now, read once for both plans. */
export interface FactsNow {
  readonly people: DryRunPeople;
  readonly groups: DryRunGroups;
}

export function asRead(store: DryRunStore, { people, groups }: FactsNow): DryRunStore {
  return {
    ...store,
    dryRunPeople: () => Promise.resolve(people),
    dryRunGroups: () => Promise.resolve(groups),
  };
}

/** @param groupsOf the ids of the groups that the directory has the user in */
export function asUndone(
  store: DryRunStore,
  { people, groups }: FactsNow,
  restored: readonly Restored[],
  groupsOf: (userId: string) => readonly string[],
): DryRunStore {
  const bySubject = Map.groupBy(restored, ({ subject }) => subject.id);
  const users = people.users.map((user) => userAfter(user, bySubject.get(user.id) ?? []));
  const active = new Map(users.map(({ id, wanted }) => [id, wanted]));
  const back = restored.filter(({ what, to }) => what === 'access' && to === true);
  /** Users who are active again, by the group that they never left. */
  const backIn = Map.groupBy(
    back.flatMap(({ subject }) => groupsOf(subject.id).map((groupId) => ({ groupId, userId: subject.id }))),
    ({ groupId }) => groupId,
  );
  const after = groups.groups.map((group) => {
    const changed = groupAfter(group, bySubject.get(group.id) ?? []);
    return backIn.has(group.id) ? { ...changed, hasJob: true } : changed;
  });

  function wantedAfter(groupId: string, now: readonly string[]): readonly string[] {
    const ids = new Set(now);
    for (const { userId } of backIn.get(groupId) ?? []) ids.add(userId);
    for (const { what, userId, to } of bySubject.get(groupId) ?? []) {
      if (what !== 'member' || userId === null) continue;
      if (to === true) ids.add(userId);
      else ids.delete(userId);
    }
    return [...ids].filter((id) => active.get(id) === true);
  }

  return {
    ...store,
    dryRunPeople: () => Promise.resolve({ ...people, users }),
    dryRunGroups: () => Promise.resolve({ ...groups, groups: after }),
    dryRunMembers: async (workspace, asked): Promise<DryRunMembers> => {
      const members = await store.dryRunMembers(workspace, asked);
      const wanted = asked.map(({ id }) => [id, wantedAfter(id, members.wanted.get(id) ?? [])] as const);
      return { ...members, wanted: new Map(wanted) };
    },
  };
}

function userAfter(user: DryRunUser, restored: readonly Restored[]): DryRunUser {
  if (restored.length === 0) return user;
  let after: DryRunUser = { ...user, hasJob: true };
  for (const { what, to } of restored) {
    if (what === 'access') after = { ...after, wanted: to === true, leaving: to !== true };
    if (what === 'role') after = { ...after, admin: to === true };
    if (what === 'address') after = { ...after, email: String(to) };
    if (what === 'account') after = { ...after, link: null };
  }
  // The account is looked for by the address under which the user is wanted, or was last.
  const { email } = after;
  return after.wanted ? { ...after, accountKey: email === null ? null : foldAddress(email) } : after;
}

function groupAfter(group: DryRunGroup, restored: readonly Restored[]): DryRunGroup {
  if (restored.length === 0) return group;
  let after: DryRunGroup = { ...group, hasJob: true };
  for (const { what, to } of restored) {
    if (what === 'group') after = { ...after, wanted: to === true };
    if (what === 'group_name') after = { ...after, name: String(to), nameKey: foldText(String(to).trim()) };
  }
  return after;
}
