/** Reads the groups, and the members of a group. */
import type { ObservedGroup, ObservedGroupMember } from '../../../provisioning/model/observed.ts';
import { groupMemberOf, groupOf, listOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { readPages } from '../client/read-pages.ts';

/** @throws TargetError */
export async function readGroups(
  api: ModeApi,
  { ownsManaged }: { readonly ownsManaged: boolean },
): Promise<readonly ObservedGroup[]> {
  const list = { path: `/api/${api.workspace}/groups`, key: 'groups', what: 'groups' };
  const rows = await readPages(api, list);
  return rows.flatMap((row) => groupOf(row, ownsManaged) ?? []);
}

/** @throws TargetError not_found when the group is gone */
export async function readGroupMembers(
  api: ModeApi,
  targetGroupId: string,
): Promise<readonly ObservedGroupMember[]> {
  const body = await api.get(api.groupPath(targetGroupId, '/memberships'));
  const rows = listOf('GET the members of a group', body, 'group_memberships');
  return rows.flatMap((row) => groupMemberOf(targetGroupId, row) ?? []);
}
