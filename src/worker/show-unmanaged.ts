/**
 * Keeps the directory's unmanaged rows in step with what Mode has of its own: one for each active member and
 * ordinary group that no pushed user or group stands for.
 */
import { randomUUID } from 'node:crypto';
import { hide, showGroup, showUser } from '../directory/unmanaged.ts';
import { memberKey } from '../provisioning/observation.ts';
import type { ObservedGroup, ObservedMember } from '../provisioning/observed.ts';
import type { WorkContext } from './work-context.ts';

export async function showUnmanaged(context: WorkContext): Promise<void> {
  const { workspace, store, clock, directory } = context;
  const members = (await store.observedMembers(workspace)).filter((member) => member.state === 'active');
  const groups = (await store.observedGroups(workspace)).filter((group) => group.writable);
  const people = await store.peopleBehind(workspace, members);
  const groupsBehind = await store.groupsBehind(
    workspace,
    groups.map((group) => group.token),
  );

  const known = new Set(people.map((person) => person.memberKey));
  for (const member of members) if (!known.has(memberKey(member))) await showMember(context, member);
  for (const group of groups) if (!groupsBehind.has(group.token)) await showGroupOf(context, group);

  const pushed = new Set(people.filter((person) => person.owned).map((person) => person.memberKey));
  const shown = new Set([
    ...members.map(memberKey).filter((key) => !pushed.has(key)),
    ...groups.map((group) => group.token),
  ]);
  for (const row of await store.unmanaged(workspace)) {
    // A row that a connection takes over meanwhile is a lost race, and stays.
    if (row.token === null || !shown.has(row.token))
      await directory.commit(hide({ workspace, at: clock.now() }, row));
  }
}

async function showMember(
  { workspace, directory, store, clock }: WorkContext,
  member: ObservedMember,
): Promise<void> {
  const { email, name, memberToken } = member;
  // A member without a visible address cannot be matched by an IdP, and is not shown.
  if (email === null || memberToken === null) return;
  const id = randomUUID();
  const at = clock.now();
  const outcome = await directory.commit(showUser({ id, workspace, at }, { email, name }));
  if (outcome !== 'committed') return;
  await store.record({ workspace, at, links: [{ subject: { kind: 'user', id }, token: memberToken }] });
}

async function showGroupOf(
  { workspace, directory, store, clock }: WorkContext,
  group: ObservedGroup,
): Promise<void> {
  const id = randomUUID();
  const at = clock.now();
  const outcome = await directory.commit(showGroup({ id, workspace, at }, group.name));
  // A pushed group of that name is about to take Mode's over.
  if (outcome !== 'committed') return;
  await store.record({ workspace, at, links: [{ subject: { kind: 'group', id }, token: group.token }] });
}
