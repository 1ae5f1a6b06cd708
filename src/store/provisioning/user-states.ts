/** Everything that is known about one user, for a plan. */
import type { Selectable } from 'kysely';
import { matchAccounts } from '../../provisioning/matching/match-accounts.ts';
import { takenBack } from '../../provisioning/matching/taken-back.ts';
import type { DesiredUser } from '../../provisioning/model/desired.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';
import type { Engine } from '../engine/engine.ts';
import { isShown, matchingReads, toOrigin } from '../matching/matching-reads.ts';
import { hasRemovals, ownerOf } from './subject-owner.ts';
import { wantedProfile, type UsersTable } from '../tables/users.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { fold } from '../tables/keys.ts';
import { inviteReads } from './invite-reads.ts';

/** The maximum number of addresses that were invited for one user. */
const MAX_TAKEN_BACK = 50;

/**
 * @returns a function that resolves to undefined when the workspace has no such user; a deleted user is returned as not
 * wanted
 */
export function userStates(
  engine: Engine,
): (workspace: string, id: string, now: number) => Promise<SubjectState | undefined> {
  const { db } = engine;
  const { inviteOf } = inviteReads(engine);
  const { around } = matchingReads(engine);
  const userRow = (workspace: string, id: string) =>
    db
      .selectFrom('users')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .leftJoin('connections', 'connections.id', 'users.owner_id')
      .selectAll('users')
      .select(['links.token', 'links.origin', 'connections.state', 'connections.name as connection_name'])
      .select(hasRemovals('users').as('has_removals'))
      .where('users.id', '=', id)
      .where('users.workspace', '=', workspace)
      .executeTakeFirst();

  /** Addresses that were invited for the user and were not accepted while they belonged to the user. */
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
    const neighbours = {
      matching,
      membersAt: (address: string) =>
        members.filter(({ email }) => email !== null && fold(email) === address),
      usersAt: (address: string) => users.filter(({ accountKey }) => accountKey === address),
    };
    return {
      match: matching.of(id),
      takenBack: takenBack({ id, accountKey: own, unaccepted: new Set(invited) }, neighbours),
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

  return async (workspace, id, now) => {
    const row = await userRow(workspace, id);
    if (row === undefined) return undefined;
    const desired: DesiredUser = {
      id,
      owned: row.owner_id !== null,
      wanted: row.active === 1 && row.deleted_at === null,
      ...wantedProfile(row),
      admin: row.admin === null ? null : row.admin === 1,
      accountId: row.token,
      linkOrigin: row.token === null ? null : toOrigin(row.origin),
      shown: isShown(row.origin),
    };
    const invite = row.email === null ? undefined : await inviteOf(workspace, row.email);
    const known = { ...(await matched(row, row.token)), adminCount: await adminCount(workspace), invite };
    return { kind: 'user', ...ownerOf(row), user: { desired, ...known, now } };
  };
}
