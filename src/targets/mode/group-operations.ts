/** Groups and their members. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Operation } from '../../provisioning/operation.ts';
import { TargetError, type Applied } from '../../provisioning/target.ts';
import { fieldsOf, groupMembershipTokenOf, isActiveGroup, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';
import { readGroupMembers } from './read-groups.ts';

const DELETE_POLLS = 12;
const DELETE_POLL_MS = 5_000;

export async function createGroup(api: ModeApi, name: string): Promise<Applied> {
  const answer = await api.write('POST', `/api/${api.workspace}/groups`, { user_group: { name } });
  const groupToken = textOf(fieldsOf(answer)['token']);
  return groupToken === null ? {} : { groupToken };
}

export async function renameGroup(api: ModeApi, groupToken: string, name: string): Promise<Applied> {
  await api.write('PATCH', api.groupPath(groupToken), { user_group: { name } });
  return {};
}

/**
 * Renames, deletes, and looks until the group is gone: Mode accepts the deletion of a group whose name a deleted one
 * had, and does nothing. @throws TargetError unavailable when the group is still there after a minute
 */
export async function deleteGroup(
  api: ModeApi,
  clock: Clock,
  { groupToken, name }: Operation & { type: 'delete_group' },
): Promise<Applied> {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '');
  if (await gone(api, groupToken)) return {};
  await renameGroup(api, groupToken, `${name} (removed ${day}-${randomBytes(2).toString('hex')})`);
  await unlessGone(api.write('DELETE', api.groupPath(groupToken)));
  for (let poll = 0; poll < DELETE_POLLS; poll += 1) {
    if (await gone(api, groupToken)) return {};
    await clock.sleep(DELETE_POLL_MS);
  }
  throw new TargetError('refused', `Mode accepted the deletion of the group "${name}", and still has it.`);
}

export async function addGroupMember(
  api: ModeApi,
  groupToken: string,
  memberToken: string,
): Promise<Applied> {
  const body = { membership: { member_token: memberToken } };
  const answer = await api.write('POST', api.groupPath(groupToken, '/memberships'), body);
  const groupMembershipToken = groupMembershipTokenOf(answer);
  return groupMembershipToken === null ? {} : { groupMembershipToken };
}

/** Every membership that the person has in the group. */
export async function removeGroupMember(
  api: ModeApi,
  { groupToken, memberToken, groupMembershipToken }: Operation & { type: 'remove_group_member' },
): Promise<Applied> {
  const tokens =
    groupMembershipToken === null ? await tokensOf(api, groupToken, memberToken) : [groupMembershipToken];
  for (const token of tokens) {
    await unlessGone(
      api.write('DELETE', api.groupPath(groupToken, `/memberships/${encodeURIComponent(token)}`)),
    );
  }
  return {};
}

async function tokensOf(api: ModeApi, groupToken: string, memberToken: string): Promise<readonly string[]> {
  const rows = await unlessGone(readGroupMembers(api, groupToken));
  return (rows ?? [])
    .filter((row) => row.memberToken === memberToken)
    .flatMap((row) => row.groupMembershipToken ?? []);
}

async function gone(api: ModeApi, groupToken: string): Promise<boolean> {
  const group = await unlessGone(api.get(api.groupPath(groupToken)));
  return group === undefined || !isActiveGroup(group);
}

/** What is not there any more need not be removed. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TargetError && error.kind === 'not_found') return undefined;
    throw error;
  }
}
