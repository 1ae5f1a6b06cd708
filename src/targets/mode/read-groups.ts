/** Lists groups page by page, and the members of one. */
import type { ObservedGroup, ObservedGroupMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import { fieldsOf, groupMemberOf, groupOf, listOf, textOf, totalCountOf, totalPagesOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

const PAGE = 30;
const MAX_PAGES = 10_000;

/**
 * Pages end with the last that Mode counts, with an empty one, or with one that repeats the page before; Mode's link to
 * the next page leads nowhere. A list that came out shorter than Mode counts may have moved while it was read: it is
 * believed when a second reading is the same. @throws TargetError
 */
export async function readGroups(
  api: ModeApi,
  { ownsManaged }: { readonly ownsManaged: boolean },
): Promise<readonly ObservedGroup[]> {
  const first = await readPages(api, ownsManaged);
  if (first.seen.size >= first.counted) return first.groups;
  const second = await readPages(api, ownsManaged);
  if (second.seen.size >= second.counted || first.seen.symmetricDifference(second.seen).size === 0) {
    return second.groups;
  }
  const { seen, counted } = second;
  throw new TargetError('unavailable', `Mode counts ${counted} groups and lists ${seen.size}: not believed.`);
}

async function readPages(api: ModeApi, ownsManaged: boolean) {
  const seen = new Set<string>();
  const groups = new Map<string, ObservedGroup>();
  const end = (counted: number) => ({ groups: [...groups.values()], seen, counted });
  let before = '';
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const path = `/api/${api.workspace}/groups?page=${page}&per_page=${PAGE}`;
    const body = await api.get(path);
    const rows = listOf('GET the groups', body, 'groups');
    const counted = totalCountOf(body) ?? 0;
    const text = JSON.stringify(rows);
    if (rows.length === 0 || text === before) return end(counted);
    before = text;
    for (const row of rows) seen.add(textOf(fieldsOf(row)['token']) ?? JSON.stringify(row));
    for (const group of rows.flatMap((row) => groupOf(row, ownsManaged) ?? []))
      groups.set(group.token, group);
    if (page >= (totalPagesOf(body) ?? MAX_PAGES)) return end(counted);
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
