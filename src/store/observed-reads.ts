/** What is known of Mode, and who in the directory stands behind it. */
import { sql } from 'kysely';
import type { Subject } from '../directory/subject.ts';
import { memberKey } from '../provisioning/observation.ts';
import type { PersonBehind, ProvisioningStore } from '../provisioning/provisioning-store.ts';
import { chunks } from './chunks.ts';
import type { Engine } from './engine.ts';
import { ofSubject } from './of-subject.ts';
import { fold, toGroupMember, toMember, toObservedGroup } from './rows.ts';

type ObservedReads = Pick<
  ProvisioningStore,
  | 'observedMembers'
  | 'observedGroups'
  | 'observedGroupMembers'
  | 'readTimes'
  | 'rowReads'
  | 'groupsUnseen'
  | 'removedOnMode'
  | 'groupReads'
  | 'peopleBehind'
  | 'groupsBehind'
  | 'unsettledSubjects'
  | 'unmanaged'
  | 'pushedNames'
>;

export function observedReads({ db }: Engine): ObservedReads {
  async function readAt(workspace: string, list: string): Promise<number | null> {
    const query = db.selectFrom('read_times').select('read_at').where('workspace', '=', workspace);
    return (await query.where('list', '=', list).executeTakeFirst())?.read_at ?? null;
  }

  async function usersBehind(workspace: string, tokens: readonly string[], emailKeys: readonly string[]) {
    return db
      .selectFrom('users')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .select(['users.id', 'users.owner_id', 'users.email_key', 'users.deleted_at', 'links.token'])
      .where('users.workspace', '=', workspace)
      .where((of) =>
        of.or([
          // An empty list is no SQL on PostgreSQL; nothing is named by the empty string.
          of('links.token', 'in', [...tokens, '']),
          of.and([of('links.token', 'is', null), of('users.email_key', 'in', [...emailKeys, ''])]),
        ]),
      )
      .execute();
  }

  return {
    observedMembers: async (workspace) => {
      const rows = await db
        .selectFrom('observed_members')
        .selectAll()
        .where('workspace', '=', workspace)
        .execute();
      return rows.map(toMember);
    },

    observedGroups: async (workspace) => {
      const rows = await db
        .selectFrom('observed_groups')
        .selectAll()
        .where('workspace', '=', workspace)
        .execute();
      return rows.map(toObservedGroup);
    },

    observedGroupMembers: async (workspace, groupToken) => {
      const query = db.selectFrom('observed_group_members').selectAll().where('workspace', '=', workspace);
      const rows = await query.where('group_token', '=', groupToken).execute();
      const since = await readAt(workspace, `group:${groupToken}`);
      return { rows: rows.map(toGroupMember), current: since !== null, readAt: since };
    },

    rowReads: async (workspace) => {
      const of = async (table: 'observed_members' | 'observed_groups' | 'observed_group_members') => {
        const rows = await db
          .selectFrom(table)
          .select(['read_how as how', (of) => of.fn.countAll<number>().as('rows')])
          .select((of) => of.fn.min('read_at').as('oldest'))
          .where('workspace', '=', workspace)
          .where('read_at', 'is not', null)
          .groupBy('read_how')
          .execute();
        return rows.map((row) => ({ how: row.how ?? 'unknown', rows: row.rows, oldest: row.oldest ?? 0 }));
      };
      const tables = ['observed_members', 'observed_groups', 'observed_group_members'] as const;
      return (await Promise.all(tables.map(of))).flat();
    },

    groupsUnseen: async (workspace) => {
      const ours = db
        .selectFrom('observed_groups')
        .select('token')
        .where('workspace', '=', workspace)
        .where('written_at', 'is not', null)
        .limit(1);
      if ((await ours.executeTakeFirst()) !== undefined) return true;
      const since = (await readAt(workspace, 'groups')) ?? 0;
      const gone = db
        .selectFrom('removed_on_mode')
        .select('token')
        .where('workspace', '=', workspace)
        .where('list', '=', 'groups')
        .where((of) => of.or([of('still_listed', '=', 1), of('written_at', '>=', since)]))
        .limit(1);
      return (await gone.executeTakeFirst()) !== undefined;
    },

    removedOnMode: async (workspace, list) => {
      const name = typeof list === 'string' ? list : `group:${list.groupToken}`;
      const query = db.selectFrom('removed_on_mode').selectAll().where('workspace', '=', workspace);
      const rows = await query.where('list', '=', name).execute();
      return new Map(
        rows.map((row) => [row.token, { writtenAt: row.written_at, stillListed: row.still_listed === 1 }]),
      );
    },

    groupReads: async (workspace) => {
      const known = db
        .selectFrom('observed_group_members')
        .select(['group_token', (of) => of.fn.countAll<number>().as('known')])
        .where('workspace', '=', workspace)
        .groupBy('group_token')
        .as('members');
      const rows = await db
        .selectFrom('observed_groups')
        .leftJoin(known, 'members.group_token', 'observed_groups.token')
        .leftJoin('read_times', (join) =>
          join
            .onRef('read_times.workspace', '=', 'observed_groups.workspace')
            .on(sql<boolean>`read_times.list = 'group:' || observed_groups.token`),
        )
        .select(['observed_groups.token', 'observed_groups.member_count', 'observed_groups.settled_count'])
        .select(['observed_groups.members_written_at', 'read_times.read_at', 'members.known'])
        .where('observed_groups.workspace', '=', workspace)
        .orderBy('observed_groups.token')
        .execute();
      return rows.map((row) => ({
        token: row.token,
        listed: row.member_count,
        settled: row.settled_count,
        known: row.known ?? 0,
        readAt: row.read_at,
        writtenAt: row.members_written_at,
      }));
    },

    readTimes: async (workspace) => ({
      members: await readAt(workspace, 'members'),
      groups: await readAt(workspace, 'groups'),
    }),

    peopleBehind: async (workspace, members) => {
      const people: PersonBehind[] = [];
      for (const piece of chunks(members)) {
        const byToken = new Map(
          piece.flatMap((member) => (member.memberToken === null ? [] : [[member.memberToken, member]])),
        );
        const byEmail = new Map(
          piece.flatMap((member) => (member.email === null ? [] : [[fold(member.email), member]])),
        );
        const users = await usersBehind(workspace, [...byToken.keys()], [...byEmail.keys()]);
        const ids = users.map((user) => user.id);
        const memberships = await db
          .selectFrom('group_members')
          .select(['user_id', 'group_id'])
          .where('user_id', 'in', [...ids, ''])
          .execute();
        const groups = Map.groupBy(memberships, (row) => row.user_id);
        for (const user of users) {
          const member = user.token === null ? byEmail.get(user.email_key ?? '') : byToken.get(user.token);
          // A member that nobody pushed and that was hidden since stands for nobody.
          if (member === undefined || (user.owner_id === null && user.deleted_at !== null)) continue;
          people.push({
            memberKey: memberKey(member),
            userId: user.id,
            owned: user.owner_id !== null,
            groupIds: (groups.get(user.id) ?? []).map((row) => row.group_id),
          });
        }
      }
      return people;
    },

    groupsBehind: async (workspace, groupTokens) => {
      const found = new Map<string, string>();
      for (const tokens of chunks(groupTokens)) {
        const query = db
          .selectFrom('links')
          .select(['token', 'subject_id'])
          .where('workspace', '=', workspace);
        const rows = await query.where('kind', '=', 'group').where('token', 'in', tokens).execute();
        for (const row of rows) found.set(row.token, row.subject_id);
      }
      return found;
    },

    unsettledSubjects: async (workspace) => {
      const unsettled = async (table: 'users' | 'groups', kind: Subject['kind']): Promise<Subject[]> => {
        const rows = await db
          .selectFrom(table)
          .leftJoin('deliveries', (join) => join.on(ofSubject('deliveries', table)))
          .leftJoin('jobs', (join) => join.on(ofSubject('jobs', table)))
          .select(`${table}.id`)
          .where(`${table}.workspace`, '=', workspace)
          .where(`${table}.owner_id`, 'is not', null)
          .where('jobs.subject_id', 'is', null)
          .where((of) =>
            of.or([of('deliveries.state', 'is', null), of('deliveries.state', '!=', 'verified')]),
          )
          .execute();
        return rows.map((row) => ({ kind, id: row.id }));
      };
      return [...(await unsettled('users', 'user')), ...(await unsettled('groups', 'group'))];
    },

    pushedNames: async (workspace) => {
      const users = await db
        .selectFrom('users')
        .select('email')
        .where('workspace', '=', workspace)
        .where('owner_id', 'is not', null)
        .where('active', '=', 1)
        .where('deleted_at', 'is', null)
        .orderBy('user_name_key')
        .execute();
      const groups = await db
        .selectFrom('groups')
        .select('display_name')
        .where('workspace', '=', workspace)
        .where('owner_id', 'is not', null)
        .where('deleted_at', 'is', null)
        .orderBy('display_name')
        .execute();
      return {
        emails: users.flatMap((user) => user.email ?? []),
        groups: groups.map((group) => group.display_name),
      };
    },

    unmanaged: async (workspace) => {
      const rows = async (table: 'users' | 'groups', kind: Subject['kind']) => {
        const found = await db
          .selectFrom(table)
          .leftJoin('links', (join) => join.on(ofSubject('links', table)))
          .select([`${table}.id`, `${table}.version`, 'links.token'])
          .where(`${table}.workspace`, '=', workspace)
          .where(`${table}.owner_id`, 'is', null)
          .where(`${table}.deleted_at`, 'is', null)
          .execute();
        return found.map(({ id, version, token }) => ({ subject: { kind, id }, version, token }));
      };
      return [...(await rows('users', 'user')), ...(await rows('groups', 'group'))];
    },
  };
}
