/** Everything that is known about one group, for a plan. */
import { sql } from 'kysely';
import type { DesiredGroup, DesiredMember } from '../../provisioning/model/desired.ts';
import { groupOnTarget, type GroupState } from '../../provisioning/plan/plan-group.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';
import type { Engine } from '../engine/engine.ts';
import { isShown, toOrigin } from '../matching/matching-reads.ts';
import { onLinkedAccount, onMailedAccount } from '../matching/matching-sql.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { linkStore } from './link-store.ts';
import { observedReads } from './observed-reads.ts';
import { hasRemovals, ownerOf } from './subject-owner.ts';

const ALIASES = { users: 'users', links: 'links', linked: 'linked', mailed: 'mailed' };

/**
 * @returns a function that resolves to undefined when the workspace has no such group; a deleted group is returned as
 * not wanted
 */
export function groupStates(
  engine: Engine,
): (workspace: string, id: string) => Promise<SubjectState | undefined> {
  const { db } = engine;
  const { observedGroups, observedGroupMembers, removedOnTarget } = observedReads(engine);
  const { refusedLinks } = linkStore(engine);

  /** Members of the group in the directory, each with their account. */
  async function memberRows(groupId: string): Promise<readonly DesiredMember[]> {
    const rows = await db
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .leftJoin('observed_members as linked', (join) => join.on(onLinkedAccount(ALIASES)))
      .leftJoin('observed_members as mailed', (join) => join.on(onMailedAccount(ALIASES)))
      .select(['group_members.user_id', 'users.email', 'links.origin', 'linked.member_key as linked_key'])
      .select((of) => of.fn.coalesce('linked.member_token', 'mailed.member_token').as('member_token'))
      // Nobody is taken out of a group because a read of the members missed them.
      .select(
        sql<string | null>`case when not exists (select 1 from observed_members as listed
        where listed.workspace = users.workspace and listed.member_key = links.token) then links.token end`.as(
          'missed',
        ),
      )
      .select((of) => of.fn.coalesce('linked.state', 'mailed.state').as('state'))
      .where('group_members.group_id', '=', groupId)
      .where('users.active', '=', 1)
      .where('users.deleted_at', 'is', null)
      .execute();
    return rows.map((row) => ({
      userId: row.user_id,
      accountId: row.member_token ?? row.missed,
      active: row.state === 'active',
      email: row.email,
      linkOrigin: row.origin === null ? null : toOrigin(row.origin),
      linked: row.linked_key !== null || row.missed !== null,
    }));
  }

  /** The group and its members on the target. */
  async function observed(
    workspace: string,
    { name, targetGroupId }: DesiredGroup,
  ): Promise<Omit<GroupState, 'desired' | 'refusedLinks'>> {
    const groups = await observedGroups(workspace);
    const linked = groups.find((group) => group.token === targetGroupId);
    const named = groups.filter((group) => group.name === name);
    const group = groupOnTarget({ linked, named });
    if (group === undefined) {
      // A group that the bridge deleted is gone when no list shows it any more.
      const removed =
        targetGroupId === null ? undefined : (await removedOnTarget(workspace, 'groups')).get(targetGroupId);
      return { linked, named, members: [], membersReadAt: null, stillListed: removed?.stillListed === true };
    }
    const { rows, readAt } = await observedGroupMembers(workspace, group.token);
    const removed = await removedOnTarget(workspace, { targetGroupId: group.token });
    const stillListed = [...removed.values()].some((row) => row.stillListed);
    return { linked, named, members: rows, membersReadAt: readAt, stillListed };
  }

  return async (workspace, id) => {
    const row = await db
      .selectFrom('groups')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
      .leftJoin('connections', 'connections.id', 'groups.owner_id')
      .selectAll('groups')
      .select(['links.token', 'links.origin', 'connections.state', 'connections.name as connection_name'])
      .select(hasRemovals('groups').as('has_removals'))
      .where('groups.id', '=', id)
      .where('groups.workspace', '=', workspace)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const conflictingGroup = await db
      .selectFrom('groups')
      .select('display_name')
      .where('workspace', '=', workspace)
      .where('display_name_key', '=', row.display_name_key)
      .where('id', '!=', id)
      .where('deleted_at', 'is', null)
      .where('owner_id', 'is not', null)
      .executeTakeFirst();
    const desired: DesiredGroup = {
      id,
      owned: row.owner_id !== null,
      wanted: row.deleted_at === null,
      name: row.display_name,
      targetGroupId: row.token,
      shown: isShown(row.origin),
      members: await memberRows(id),
      conflictingGroup:
        conflictingGroup === undefined ? null : { displayName: conflictingGroup.display_name },
    };
    const refused = await refusedLinks(workspace, { kind: 'group', id });
    const group = { desired, refusedLinks: refused, ...(await observed(workspace, desired)) };
    return { kind: 'group', ...ownerOf(row), group };
  };
}
