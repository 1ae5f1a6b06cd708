/** One look at a group: what is to be done, and whether a read of Mode has confirmed what was done. */
import type { ObservedGroup, ObservedGroupMember } from '../provisioning/observed.ts';
import { groupOnMode, planGroup } from '../provisioning/plan-group.ts';
import { meansOf, type Refusals } from './means-of.ts';
import { refreshGroupMembers } from './refresh.ts';
import type { Round } from './round.ts';
import type { WorkContext } from './work-context.ts';

/**
 * @param refresh whether to read the group's members from Mode first
 * @returns undefined when the workspace has no such group and never had.
 */
export async function groupRound(
  context: WorkContext,
  id: string,
  refresh: boolean,
  refusals: Refusals = new Map(),
): Promise<Round | undefined> {
  const { workspace, store } = context;
  const desired = await store.desiredGroup(workspace, id);
  if (desired === undefined) return undefined;
  const groups = await store.observedGroups(workspace);
  const linked = groups.find((group) => group.token === desired.groupToken);
  const named = groups.filter((group) => group.name === desired.name);
  const group = groupOnMode(linked, named);
  const members = await membersOf(context, group, refresh);
  const means = await meansOf(context, { kind: 'group', id }, refusals);
  const handedOver = means.refused.has('groups') || means.refusedSteps.size > 0;
  const names = handedOver ? { nameOf: await namesOf(context) } : {};
  const plan = planGroup({ desired, linked, named, members, ...names }, means);
  const confirmed = [...(group === undefined ? [] : [group]), ...members].every(
    (row) => row.writtenAt === null,
  );
  const learned = { links: [{ subject: { kind: 'group', id }, token: plan.link }] } as const;
  return plan.link === desired.groupToken ? { plan, confirmed } : { plan, confirmed, learned };
}

async function membersOf(
  context: WorkContext,
  group: ObservedGroup | undefined,
  refresh: boolean,
): Promise<readonly ObservedGroupMember[]> {
  if (group === undefined) return [];
  const { workspace, store } = context;
  const known = await store.observedGroupMembers(workspace, group.token);
  if (known.current && !refresh) return known.rows;
  await refreshGroupMembers(context, group.token);
  return (await store.observedGroupMembers(workspace, group.token)).rows;
}

/** How people know an account: only what is handed over to them is put in these words. */
async function namesOf({ workspace, store }: WorkContext): Promise<(memberToken: string) => string> {
  const members = await store.observedMembers(workspace);
  const names = new Map(members.map((member) => [member.memberToken, member.email ?? member.username]));
  return (memberToken) => names.get(memberToken) ?? memberToken;
}
