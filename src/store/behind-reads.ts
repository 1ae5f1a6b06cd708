/** Who in the directory stands behind what Mode has, and what of the directory nobody on Mode stands for yet. */
import type { Subject } from '../directory/subject.ts';
import { memberKey } from '../provisioning/observation.ts';
import type { PersonBehind, ProvisioningStore } from '../provisioning/provisioning-store.ts';
import { chunks } from './chunks.ts';
import type { Engine } from './engine.ts';
import { ofSubject } from './of-subject.ts';
import { fold } from './rows.ts';

type BehindReads = Pick<
  ProvisioningStore,
  'peopleBehind' | 'groupsBehind' | 'unsettledSubjects' | 'unmanaged' | 'pushedNames'
>;

export function behindReads({ db }: Engine): BehindReads {
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
