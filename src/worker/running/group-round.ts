/** One look at a group: what must be done, and whether a read of Mode has confirmed what was done. */
import type { DesiredGroup } from '../../provisioning/model/desired.ts';
import type { ObservedGroup, ObservedGroupMember } from '../../provisioning/model/observed.ts';
import { groupOnMode, planGroup } from '../../provisioning/plan/plan-group.ts';
import { findAvailableCapabilities, type Refusals } from './find-available-capabilities.ts';
import { refreshGroupMembers } from '../reading/refresh-group-members.ts';
import type { Round } from './round.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * @param since when set, the group's members must have been read at or after that instant
 * @returns undefined when the workspace has no such group and never had.
 */
export async function groupRound(
  context: WorkContext,
  id: string,
  since: number | null,
  refusals: Refusals = new Map(),
): Promise<Round | undefined> {
  const { workspace, store } = context;
  const wanted = await store.desiredGroup(workspace, id);
  if (wanted === undefined) return undefined;
  const desired = context.adoption === 'auto' ? wanted : withoutUnlinked(wanted);
  const groups = await store.observedGroups(workspace);
  const linked = groups.find((group) => group.token === desired.groupToken);
  const named = groups.filter((group) => group.name === desired.name);
  const group = groupOnMode(linked, named);
  const { rows: members, seen } = await membersOf(context, group, since);
  const refusedLinks = await store.refusedLinks(workspace, { kind: 'group', id });
  const available = await findAvailableCapabilities(context, { kind: 'group', id }, refusals);
  const taskReason = available.refused.has('groups') || available.refusedSteps.size > 0;
  const names = taskReason ? { nameOf: await namesOf(context) } : {};
  const { adoption } = context;
  const plan = planGroup({ desired, linked, named, members, refusedLinks, adoption, ...names }, available);
  const rows = [...(group === undefined ? [] : [group]), ...members];
  const confirmed =
    seen && rows.every((row) => row.writtenAt === null) && (await isGone(context, desired, group));
  const learned = { links: [{ subject: { kind: 'group', id }, token: plan.link }] } as const;
  return plan.link === desired.groupToken ? { plan, confirmed } : { plan, confirmed, learned };
}

/** Who is found by their e-mail alone has not been taken over. */
function withoutUnlinked(desired: DesiredGroup): DesiredGroup {
  const members = desired.members.map((member) =>
    member.linked === false ? { ...member, memberToken: null, active: false } : member,
  );
  return { ...desired, members };
}

/** `seen`: what we took out of the group is not listed any more either. */
async function membersOf(
  context: WorkContext,
  group: ObservedGroup | undefined,
  since: number | null,
): Promise<{ readonly rows: readonly ObservedGroupMember[]; readonly seen: boolean }> {
  if (group === undefined) return { rows: [], seen: true };
  const { workspace, store } = context;
  const { token: groupToken } = group;
  const known = await store.observedGroupMembers(workspace, groupToken);
  const enough = known.readAt !== null && known.readAt >= (since ?? 0);
  if (!enough) await refreshGroupMembers(context, groupToken);
  const { rows } = enough ? known : await store.observedGroupMembers(workspace, groupToken);
  const removed = await store.removedOnMode(workspace, { groupToken });
  return { rows, seen: [...removed.values()].every((row) => !row.stillListed) };
}

/** A group that we deleted is seen to be gone when no list shows it any more. */
async function isGone(
  { workspace, store }: WorkContext,
  { wanted, groupToken }: DesiredGroup,
  group: ObservedGroup | undefined,
): Promise<boolean> {
  if (wanted || group !== undefined || groupToken === null) return true;
  const removed = (await store.removedOnMode(workspace, 'groups')).get(groupToken);
  return removed?.stillListed !== true;
}

/** How people know an account: only what is handed over to them is put in these words. */
async function namesOf({ workspace, store }: WorkContext): Promise<(memberToken: string) => string> {
  const members = await store.observedMembers(workspace);
  const names = new Map(members.map((member) => [member.memberToken, member.email ?? member.username]));
  return (memberToken) => names.get(memberToken) ?? memberToken;
}
