/** What the directory wants of a subject, put together with what is known of it on Mode. */
import { sql, type Selectable } from 'kysely';
import type { DesiredGroup, DesiredMember, DesiredUser } from '../../provisioning/model/desired.ts';
import { matchAccounts } from '../../provisioning/matching/matching.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';
import type { Engine } from '../engine/engine.ts';
import { inviteReads } from './invite-reads.ts';
import { matchingReads, toOrigin } from '../matching/matching-reads.ts';
import { onLinkedAccount, onMailedAccount } from '../matching/matching-sql.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { fold } from '../tables/rows.ts';
import type { UsersTable } from '../tables/directory-tables.ts';

/** Addresses that were invited for one user; more than any real story has. */
const MAX_TAKEN_BACK = 50;
const ALIASES = { users: 'users', links: 'links', linked: 'linked', mailed: 'mailed' };

export interface DesiredReads {
  userState(workspace: string, id: string): Promise<UserState | undefined>;
  desiredGroup(workspace: string, id: string): Promise<DesiredGroup | undefined>;
}

export function desiredReads(engine: Engine): DesiredReads {
  const { db } = engine;
  const { inviteOf } = inviteReads(engine);
  const { around } = matchingReads(engine);
  const userRow = (workspace: string, id: string) =>
    db
      .selectFrom('users')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .selectAll('users')
      .select(['links.token', 'links.origin'])
      .where('users.id', '=', id)
      .where('users.workspace', '=', workspace)
      .executeTakeFirst();

  /** Addresses that were invited for the user and that nobody was seen to accept while they were the user's. */
  async function unaccepted(workspace: string, id: string): Promise<readonly string[]> {
    const rows = await db
      .selectFrom('invites')
      .select('email_key')
      .where('workspace', '=', workspace)
      .where('user_id', '=', id)
      .where('state', '!=', 'accepted')
      .orderBy('updated_at', 'desc')
      .limit(MAX_TAKEN_BACK)
      .execute();
    return rows.map((row) => row.email_key);
  }

  async function matched(
    { id, workspace, account_key: own }: Selectable<UsersTable>,
    token: string | null,
  ): Promise<Pick<UserState, 'match' | 'takenBack'>> {
    const invited = await unaccepted(workspace, id);
    const { users, members } = await around(workspace, {
      addresses: own === null ? invited : [own, ...invited],
      tokens: token === null ? [] : [token],
    });
    const matching = matchAccounts(users, members);
    const addresses = new Set(invited.filter((address) => address !== own));
    const takenBack = members.filter(({ email }) => email !== null && addresses.has(fold(email)));
    /** Another user is or will be known by it. One who is linked to an account has no use for a second. */
    const isTheirs = (address: string) =>
      users.some(
        (user) =>
          user.id !== id &&
          user.owned &&
          user.wanted &&
          user.accountKey === address &&
          matching.of(user.id).by !== 'link',
      );
    return {
      match: matching.of(id),
      takenBack: takenBack.filter((member) => {
        return matching.holderOf(member)?.owned !== true && !isTheirs(fold(member.email ?? ''));
      }),
    };
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

  /** Users who belong in the group, each with their account. */
  async function memberRows(groupId: string): Promise<readonly DesiredMember[]> {
    const rows = await db
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .leftJoin('observed_members as linked', (join) => join.on(onLinkedAccount(ALIASES)))
      .leftJoin('observed_members as mailed', (join) => join.on(onMailedAccount(ALIASES)))
      .select(['group_members.user_id', 'linked.member_key as linked_key'])
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
      memberToken: row.member_token ?? row.missed,
      active: row.state === 'active',
      linked: row.linked_key !== null || row.missed !== null,
    }));
  }

  return {
    async userState(workspace, id) {
      const row = await userRow(workspace, id);
      if (row === undefined) return undefined;
      const desired: DesiredUser = {
        id,
        owned: row.owner_id !== null,
        wanted: row.active === 1 && row.deleted_at === null,
        email: row.email,
        fullName: row.full_name,
        admin: row.admin === null ? null : row.admin === 1,
        memberToken: row.token,
        linkOrigin: row.token === null ? null : toOrigin(row.origin),
      };
      const invite = row.email === null ? undefined : await inviteOf(workspace, row.email);
      return { desired, ...(await matched(row, row.token)), adminCount: await adminCount(workspace), invite };
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
      const conflictingGroup = await db
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
        members: await memberRows(id),
        conflictingGroup:
          conflictingGroup === undefined ? null : { displayName: conflictingGroup.display_name },
      };
    },
  };
}
