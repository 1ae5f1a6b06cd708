/** What the directory wants of a subject, put together with what is known of it on Mode. */
import type { Selectable } from 'kysely';
import type { DesiredGroup, DesiredMember, DesiredUser } from '../provisioning/desired.ts';
import type { UserState } from '../provisioning/plan-user.ts';
import type { Engine } from './engine.ts';
import { inviteReads } from './invite-reads.ts';
import { linkStore } from './link-store.ts';
import { ofSubject } from './of-subject.ts';
import { toMember } from './rows.ts';
import type { ObservedMembersTable } from './tables/observed-tables.ts';
import type { UsersTable } from './tables/directory-tables.ts';

export interface DesiredReads {
  userState(workspace: string, id: string): Promise<UserState | undefined>;
  desiredGroup(workspace: string, id: string): Promise<DesiredGroup | undefined>;
}

export function desiredReads(engine: Engine): DesiredReads {
  const { db } = engine;
  const { inviteOf } = inviteReads(engine);
  const { refusedLinks: refused } = linkStore(engine);
  const userRow = (workspace: string, id: string) =>
    db
      .selectFrom('users')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .selectAll('users')
      .select('links.token')
      .where('users.id', '=', id)
      .where('users.workspace', '=', workspace)
      .executeTakeFirst();

  /** The other user who stands for the same person: linked to the same account, or with the same e-mail. */
  async function rivalOf(
    user: Selectable<UsersTable>,
    members: readonly Selectable<ObservedMembersTable>[],
  ): Promise<DesiredUser['rival']> {
    const tokens = members.flatMap((member) => member.member_token ?? []);
    return (await linkedRival(user, tokens)) ?? (await mailRival(user));
  }

  /** An e-mail that changed hands does not take the account of whom it was linked for. */
  async function linkedRival(
    user: Selectable<UsersTable>,
    tokens: readonly string[],
  ): Promise<DesiredUser['rival']> {
    if (tokens.length === 0) return null;
    const rival = await db
      .selectFrom('links')
      .innerJoin('users', 'users.id', 'links.subject_id')
      .select('users.user_name')
      .where('links.workspace', '=', user.workspace)
      .where('links.kind', '=', 'user')
      .where('links.token', 'in', tokens)
      .where('users.id', '!=', user.id)
      .where('users.active', '=', 1)
      .where('users.deleted_at', 'is', null)
      .where('users.owner_id', 'is not', null)
      .executeTakeFirst();
    return rival === undefined ? null : { userName: rival.user_name, first: true };
  }

  async function mailRival(user: Selectable<UsersTable>): Promise<DesiredUser['rival']> {
    if (user.email_key === null) return null;
    const rival = await db
      .selectFrom('users')
      .select(['id', 'user_name', 'created_at'])
      .where('workspace', '=', user.workspace)
      .where('email_key', '=', user.email_key)
      .where('id', '!=', user.id)
      .where('active', '=', 1)
      .where('deleted_at', 'is', null)
      .where('owner_id', 'is not', null)
      .orderBy('created_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (rival === undefined) return null;
    const earlier = rival.created_at < user.created_at;
    const first = earlier || (rival.created_at === user.created_at && rival.id < user.id);
    return { userName: rival.user_name, first };
  }

  async function candidates(user: Selectable<UsersTable>, token: string | null) {
    const members = db.selectFrom('observed_members').selectAll().where('workspace', '=', user.workspace);
    const linked = token === null ? [] : await members.where('member_key', '=', token).execute();
    if (linked.length > 0 || user.email_key === null) return linked;
    return members.where('email_key', '=', user.email_key).execute();
  }

  async function adminCount(workspace: string): Promise<number> {
    const { count } = await db
      .selectFrom('observed_members')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('workspace', '=', workspace)
      .where('state', '=', 'active')
      .where('admin', '=', 1)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Users who are to be in the group, each with every member of Mode that could be them. */
  async function memberRows(groupId: string) {
    return db
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .leftJoin('observed_members as linked', (join) =>
        join.onRef('linked.workspace', '=', 'users.workspace').onRef('linked.member_key', '=', 'links.token'),
      )
      .leftJoin('observed_members as mailed', (join) =>
        join
          .onRef('mailed.workspace', '=', 'users.workspace')
          .onRef('mailed.email_key', '=', 'users.email_key')
          .on('links.token', 'is', null)
          .on(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('refused_links')
                  .select('refused_links.token')
                  .whereRef('refused_links.workspace', '=', 'users.workspace')
                  .where('refused_links.kind', '=', 'user')
                  .whereRef('refused_links.subject_id', '=', 'users.id')
                  .whereRef('refused_links.token', '=', 'mailed.member_token'),
              ),
            ),
          ),
      )
      .select(['group_members.user_id', 'links.token', 'mailed.member_token'])
      .select((of) => of.fn.coalesce('linked.state', 'mailed.state').as('state'))
      .where('group_members.group_id', '=', groupId)
      .where('users.active', '=', 1)
      .where('users.deleted_at', 'is', null)
      .execute();
  }

  return {
    async userState(workspace, id) {
      const row = await userRow(workspace, id);
      if (row === undefined) return undefined;
      const observed = await candidates(row, row.token);
      const desired: DesiredUser = {
        id,
        owned: row.owner_id !== null,
        wanted: row.active === 1 && row.deleted_at === null,
        email: row.email,
        fullName: row.full_name,
        admin: row.admin === null ? null : row.admin === 1,
        memberToken: row.token,
        rival: await rivalOf(row, observed),
      };
      const invite = row.email === null ? undefined : await inviteOf(workspace, row.email);
      const refusedLinks = await refused(workspace, { kind: 'user', id });
      const admins = await adminCount(workspace);
      return { desired, candidates: observed.map(toMember), adminCount: admins, invite, refusedLinks };
    },

    async desiredGroup(workspace, id) {
      const row = await db
        .selectFrom('groups')
        .leftJoin('links', (join) => join.on(ofSubject('links', 'groups')))
        .selectAll('groups')
        .select('links.token')
        .where('groups.id', '=', id)
        .where('groups.workspace', '=', workspace)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const rival = await db
        .selectFrom('groups')
        .select('display_name')
        .where('workspace', '=', workspace)
        .where('display_name_key', '=', row.display_name_key)
        .where('id', '!=', id)
        .where('deleted_at', 'is', null)
        .where('owner_id', 'is not', null)
        .executeTakeFirst();
      return {
        id,
        owned: row.owner_id !== null,
        wanted: row.deleted_at === null,
        name: row.display_name,
        groupToken: row.token,
        members: desiredMembers(await memberRows(id)),
        rival: rival === undefined ? null : { displayName: rival.display_name },
      };
    },
  };
}

interface MemberRow {
  readonly user_id: string;
  readonly token: string | null;
  readonly member_token: string | null;
  readonly state: ObservedMembersTable['state'] | null;
}

/** A user with two members of the same e-mail is nobody's guess. */
function desiredMembers(rows: readonly MemberRow[]): DesiredMember[] {
  return [...Map.groupBy(rows, (row) => row.user_id)].map(([userId, candidates]) => {
    const [only] = candidates;
    if (only === undefined || candidates.length > 1) return { userId, memberToken: null, active: false };
    const linked = only.token !== null;
    return { userId, memberToken: only.token ?? only.member_token, active: only.state === 'active', linked };
  });
}
