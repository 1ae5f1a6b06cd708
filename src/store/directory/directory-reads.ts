/** The directory's reads, as SQL. Tombstones are never returned, and every look-up is bound to a workspace. */
import { sql } from 'kysely';
import type { DirectoryStore } from '../../directory/directory-store.ts';
import type { WithdrawalStore } from '../../directory/withdrawal/withdrawal-store.ts';
import type { Engine } from '../engine/engine.ts';
import { idList, lookUpInPieces } from '../engine/id-list.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { listQueries } from './list-query.ts';
import { prepared, rowCount, slot } from '../engine/prepared.ts';
import { GROUP_COLUMNS, toGroup } from '../tables/groups.ts';
import { toUser, USER_COLUMNS } from '../tables/users.ts';

export function directoryReads(engine: Engine): Omit<DirectoryStore, 'commit' | keyof WithdrawalStore> {
  const { db } = engine;
  const ids = sql<string>`${jsonSql(engine.name).ids(slot('ids'))}`;

  const user = prepared(
    db
      .selectFrom('users')
      .select(USER_COLUMNS)
      .where('id', '=', slot('id'))
      .where('workspace', '=', slot('workspace'))
      .where('deleted_at', 'is', null),
  );
  const group = prepared(
    db
      .selectFrom('groups')
      .select(GROUP_COLUMNS)
      .where('id', '=', slot('id'))
      .where('workspace', '=', slot('workspace'))
      .where('deleted_at', 'is', null),
  );
  const members = prepared(
    db
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .select(['user_id', 'users.user_name'])
      .where('group_id', '=', slot('groupId'))
      .where('user_id', '>', slot('after'))
      .orderBy('user_id')
      .limit(rowCount('limit')),
  );
  const memberIds = prepared(
    db.selectFrom('group_members').select('user_id').where('group_id', '=', slot('groupId')),
  );
  const presentMembers = prepared(
    db
      .selectFrom('group_members')
      .select('user_id')
      .where('group_id', '=', slot('groupId'))
      .where('user_id', 'in', ids),
  );
  const existingUsers = prepared(
    db
      .selectFrom('users')
      .select('id')
      .where('workspace', '=', slot('workspace'))
      .where('deleted_at', 'is', null)
      .where('id', 'in', ids),
  );
  const memberships = db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['user_id', 'group_id', 'groups.display_name'])
    .where('groups.deleted_at', 'is', null);
  const groupsOfOne = prepared(memberships.where('user_id', '=', slot('id')));
  const groupsOfAll = prepared(memberships.where('user_id', 'in', ids));

  return {
    user: async (workspace, id) => {
      const [row] = await engine.read(user({ workspace, id }));
      return row === undefined ? undefined : toUser(row);
    },
    users: listQueries(engine, 'users', USER_COLUMNS, toUser),

    group: async (workspace, id) => {
      const [row] = await engine.read(group({ workspace, id }));
      return row === undefined ? undefined : toGroup(row);
    },
    groups: listQueries(engine, 'groups', GROUP_COLUMNS, toGroup),

    members: async (groupId, after, limit) => {
      const rows = await engine.read(members({ groupId, after, limit }));
      return rows.map((row) => ({ userId: row.user_id, display: row.user_name }));
    },

    memberIds: async (groupId) => (await engine.read(memberIds({ groupId }))).map((row) => row.user_id),

    presentMembers: (groupId, userIds) =>
      lookUpInPieces(userIds, async (list) => {
        const rows = await engine.read(presentMembers({ groupId, ids: list }));
        return rows.map((row) => row.user_id);
      }),

    existingUsers: (workspace, userIds) =>
      lookUpInPieces(userIds, async (list) => {
        const rows = await engine.read(existingUsers({ workspace, ids: list }));
        return rows.map((row) => row.id);
      }),

    groupsOf: async (userIds) => {
      const [id] = userIds;
      const query = userIds.length === 1 ? groupsOfOne({ id }) : groupsOfAll({ ids: idList(userIds) });
      const rows = await engine.read(query);
      const found = new Map<string, { id: string; displayName: string }[]>();
      for (const { user_id, group_id, display_name } of rows) {
        const list = found.get(user_id) ?? [];
        list.push({ id: group_id, displayName: display_name });
        found.set(user_id, list);
      }
      for (const list of found.values()) list.sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
      return found;
    },
  };
}
