/** Lists groups page by page, and the members of one. */
import type { ObservedGroup, ObservedGroupMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import { groupMemberOf, groupOf, listOf, totalPagesOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

const PAGE = 30;
const MAX_PAGES = 10_000;

/**
 * Pages end with an empty one, with the last that Mode counts, or with one that repeats the page before; Mode's link
 * to the next page leads nowhere. @throws TargetError
 */
export async function readGroups(
  api: ModeApi,
  { ownsManaged }: { readonly ownsManaged: boolean },
): Promise<readonly ObservedGroup[]> {
  const groups = new Map<string, ObservedGroup>();
  let before = '';
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const path = `/api/${api.workspace}/groups?page=${page}&per_page=${PAGE}`;
    const body = await api.get(path);
    const rows = listOf('GET the groups', body, 'groups');
    const text = JSON.stringify(rows);
    if (rows.length === 0 || text === before) return [...groups.values()];
    before = text;
    for (const group of rows.flatMap((row) => groupOf(row, ownsManaged) ?? []))
      groups.set(group.token, group);
    if (page >= (totalPagesOf(body) ?? MAX_PAGES)) return [...groups.values()];
  }
  throw new TargetError('unavailable', `Mode's list of groups does not end after ${MAX_PAGES} pages.`);
}

/** @throws TargetError not_found when the group is gone */
export async function readGroupMembers(
  api: ModeApi,
  groupToken: string,
): Promise<readonly ObservedGroupMember[]> {
  const body = await api.get(api.groupPath(groupToken, '/memberships'));
  const rows = listOf('GET the members of a group', body, 'group_memberships');
  return rows.flatMap((row) => groupMemberOf(groupToken, row) ?? []);
}
