/**
 * Syncs the directory's unmanaged rows with the target: one row for each active member and ordinary group that no
 * pushed user or group matches, with the group's members on the target.
 */
import pMap from 'p-map';
import type { Subject } from '../../directory/subject.ts';
import {
  removeUnmanaged,
  setUnmanagedMembers,
  createUnmanagedGroup,
  createUnmanagedUser,
} from '../../directory/unmanaged.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { ObservedGroup, ObservedMember } from '../../provisioning/model/observed.ts';
import type { WorkContext } from '../work-context.ts';

/** Concurrent writes share the wait for the disk. */
const WRITES_AT_ONCE = { concurrency: 50 } as const;

export async function showUnmanaged(context: WorkContext): Promise<void> {
  const { workspace, store } = context;
  const members = (await store.observedMembers(workspace)).filter((member) => member.state === 'active');
  const groups = (await store.observedGroups(workspace)).filter((group) => group.writable);
  await removeGone(context, members, groups);

  const holders = await store.accountHolders(workspace);
  const missing = members.filter((member) => !holders.has(memberKey(member)));
  await pMap(missing, (member) => showMember(context, member), WRITES_AT_ONCE);
  const tokens = groups.map((group) => group.token);
  const known = await store.groupsBehind(workspace, tokens);
  const unknown = groups.filter((group) => !known.has(group.token));
  await pMap(unknown, (group) => showGroupOf(context, group), WRITES_AT_ONCE);

  // By the target's id of the account, which is the key of every member who has one.
  const now = await store.accountHolders(workspace);
  const userIds = new Map([...now].map(([key, { userId }]) => [key, userId]));
  for (const { subject, token } of await store.unmanaged(workspace))
    if (subject.kind === 'group' && token !== null) await showMembers(context, subject.id, token, userIds);
}

/**
 * Deletions come first, because the target may have created the same again with another id, and the name must be free.
 * A row is also deleted when a pushed user has the account.
 */
async function removeGone(
  context: WorkContext,
  members: readonly ObservedMember[],
  groups: readonly ObservedGroup[],
): Promise<void> {
  const { workspace, store, clock, directory } = context;
  const holders = await store.accountHolders(workspace);
  const there = new Set([
    ...members.map(memberKey).filter((key) => holders.get(key)?.owned !== true),
    ...groups.map((group) => group.token),
  ]);
  for (const row of await store.unmanaged(workspace)) {
    if (row.token !== null && there.has(row.token)) continue;
    // A row that a connection takes over at the same time is a lost race, and stays.
    const memberships = await membershipsOf(context, row.subject);
    await directory.commit(removeUnmanaged({ workspace, at: clock.now() }, row, memberships));
  }
}

async function membershipsOf({ directory }: WorkContext, { kind, id }: Subject) {
  if (kind === 'group') return (await directory.memberIds(id)).map((userId) => ({ groupId: id, userId }));
  const groups = (await directory.groupsOf([id])).get(id) ?? [];
  return groups.map((group) => ({ groupId: group.id, userId: id }));
}

/** An IdP that adds members to such a group adds them to the target's members, so these must be known. */
async function showMembers(
  { workspace, directory, store, clock }: WorkContext,
  id: string,
  targetGroupId: string,
  userIds: ReadonlyMap<string, string>,
): Promise<void> {
  const group = await directory.group(workspace, id);
  if (group?.ownerId !== null) return;
  const { rows, current } = await store.observedGroupMembers(workspace, targetGroupId);
  if (!current) return;
  const wanted = new Set(rows.flatMap((row) => userIds.get(row.accountId) ?? []));
  const present = new Set(await directory.memberIds(id));
  const missing = [...wanted].filter((userId) => !present.has(userId));
  const add = [...(await directory.existingUsers(workspace, missing))];
  const remove = [...present].filter((userId) => !wanted.has(userId));
  if (add.length === 0 && remove.length === 0) return;
  await directory.commit(setUnmanagedMembers(group, { add, remove }, { workspace, at: clock.now() }));
}

async function showMember(
  { workspace, directory, store, clock, random }: WorkContext,
  member: ObservedMember,
): Promise<void> {
  const { email, name, accountId, username } = member;
  // A member without a visible address is not shown, because an IdP cannot match them.
  if (email === null || accountId === null) return;
  const id = random.id();
  const at = clock.now();
  const show = (more: { userName?: string }) =>
    directory.commit(createUnmanagedUser({ id, workspace, at }, { email, name, ...more }));
  const shown = (await show({})) === 'committed';
  // A pushed user has the address as userName, and an operator dropped the link to the account. The account is shown
  // all the same.
  if (!shown && (username === null || (await show({ userName: username })) !== 'committed')) return;
  await store.record({
    workspace,
    at,
    links: [{ subject: { kind: 'user', id }, token: accountId, origin: 'shown' }],
  });
}

async function showGroupOf(
  { workspace, directory, store, clock, random }: WorkContext,
  group: ObservedGroup,
): Promise<void> {
  // A group is shown only when its members are known. Otherwise it would lose them when it is taken over.
  if (!(await store.observedGroupMembers(workspace, group.token)).current) return;
  const id = random.id();
  const at = clock.now();
  const outcome = await directory.commit(createUnmanagedGroup({ id, workspace, at }, group.name));
  // A pushed group with this name is about to take over the target's group.
  if (outcome !== 'committed') return;
  await store.record({
    workspace,
    at,
    links: [{ subject: { kind: 'group', id }, token: group.token, origin: 'shown' }],
  });
}
