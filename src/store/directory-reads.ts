/** The directory's questions, as SQL. Tombstones never appear, and every lookup is bound to a workspace. */
import { sql } from 'kysely';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { Member } from '../directory/group.ts';
import type { ListQuery } from '../directory/query.ts';
import { chunks } from './chunks.ts';
import { conditionSql } from './condition-sql.ts';
import type { Engine } from './engine.ts';
import { toGroup, toUser } from './rows.ts';

export function directoryReads(engine: Engine): Omit<DirectoryStore, 'commit'> {
  const { db } = engine;

  function where(table: 'users' | 'groups', { where: condition }: ListQuery) {
    return condition === undefined
      ? sql<boolean>`1 = 1`
      : sql<boolean>`${conditionSql(engine.name, table, condition)}`;
  }

  return {
    user: async (workspace, id) => {
      const query = db
        .selectFrom('users')
        .selectAll()
        .where('id', '=', id)
        .where('workspace', '=', workspace);
      const row = await query.where('deleted_at', 'is', null).executeTakeFirst();
      return row === undefined ? undefined : toUser(row);
    },

    users: async (workspace, query) => {
      const matching = db
        .selectFrom('users')
        .where('workspace', '=', workspace)
        .where('deleted_at', 'is', null)
        .where(where('users', query));
      const { total } = await matching
        .select((of) => of.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      if (query.limit === 0 || query.offset >= total) return { items: [], total };
      const ordered = matching.selectAll().orderBy('created_at').orderBy('id');
      const rows = await ordered.limit(query.limit).offset(query.offset).execute();
      return { items: rows.map(toUser), total };
    },

    group: async (workspace, id) => {
      const query = db
        .selectFrom('groups')
        .selectAll()
        .where('id', '=', id)
        .where('workspace', '=', workspace);
      const row = await query.where('deleted_at', 'is', null).executeTakeFirst();
      return row === undefined ? undefined : toGroup(row);
    },

    groups: async (workspace, query) => {
      const matching = db
        .selectFrom('groups')
        .where('workspace', '=', workspace)
        .where('deleted_at', 'is', null)
        .where(where('groups', query));
      const { total } = await matching
        .select((of) => of.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      if (query.limit === 0 || query.offset >= total) return { items: [], total };
      const ordered = matching.selectAll().orderBy('created_at').orderBy('id');
      const rows = await ordered.limit(query.limit).offset(query.offset).execute();
      return { items: rows.map(toGroup), total };
    },

    members: async (groupIds) => {
      const members = new Map<string, Member[]>();
      for (const ids of chunks(groupIds)) {
        const rows = await db
          .selectFrom('group_members')
          .innerJoin('users', 'users.id', 'group_members.user_id')
          .select(['group_id', 'user_id', 'users.user_name'])
          .where('group_id', 'in', ids)
          .orderBy('group_id')
          .orderBy('added_at')
          .orderBy('user_id')
          .execute();
        for (const { group_id, user_id, user_name } of rows) {
          const list = members.get(group_id) ?? [];
          list.push({ userId: user_id, display: user_name });
          members.set(group_id, list);
        }
      }
      return members;
    },

    presentMembers: async (groupId, userIds) => {
      const present = new Set<string>();
      for (const ids of chunks(userIds)) {
        const query = db.selectFrom('group_members').select('user_id').where('group_id', '=', groupId);
        for (const row of await query.where('user_id', 'in', ids).execute()) present.add(row.user_id);
      }
      return present;
    },

    existingUsers: async (workspace, userIds) => {
      const existing = new Set<string>();
      for (const ids of chunks(userIds)) {
        const query = db.selectFrom('users').select('id').where('workspace', '=', workspace);
        const rows = await query.where('deleted_at', 'is', null).where('id', 'in', ids).execute();
        for (const row of rows) existing.add(row.id);
      }
      return existing;
    },

    groupsOf: async (userIds) => {
      const groups = new Map<string, { id: string; displayName: string }[]>();
      for (const ids of chunks(userIds)) {
        const rows = await db
          .selectFrom('group_members')
          .innerJoin('groups', 'groups.id', 'group_members.group_id')
          .select(['user_id', 'group_id', 'groups.display_name'])
          .where('user_id', 'in', ids)
          .where('groups.deleted_at', 'is', null)
          .orderBy('groups.display_name_key')
          .execute();
        for (const { user_id, group_id, display_name } of rows) {
          const list = groups.get(user_id) ?? [];
          list.push({ id: group_id, displayName: display_name });
          groups.set(user_id, list);
        }
      }
      return groups;
    },
  };
}
