/** Loads the input of the matching rule, for one user, for some members of the target, or for the whole workspace. */
import type { Selectable } from 'kysely';
import type { LinkOrigin } from '../../provisioning/ports/link-store.ts';
import type { MatchUser } from '../../provisioning/matching/matching.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { ofSubject } from '../tables/of-subject.ts';
import { fold } from '../tables/keys.ts';
import { toMember } from '../tables/observed-rows.ts';
import type { UsersTable } from '../tables/users.ts';

/** The users and members that `matchAccounts` needs for a correct result. */
export interface MatchFacts {
  readonly users: readonly MatchUser[];
  readonly members: readonly ObservedMember[];
}

/** Addresses are folded. */
export interface AskedMatches {
  readonly addresses: Iterable<string>;
  /** Of accounts. */
  readonly tokens: Iterable<string>;
}

export interface MatchingReads {
  /** @param seen rows of a read that is not stored yet; they replace stored rows */
  around(workspace: string, asked: AskedMatches, seen?: readonly ObservedMember[]): Promise<MatchFacts>;
  all(workspace: string): Promise<MatchFacts>;
}

export type UserRow = Pick<
  Selectable<UsersTable>,
  'id' | 'user_name' | 'owner_id' | 'active' | 'deleted_at' | 'leaving' | 'account_key' | 'created_at'
> & { readonly token: string | null; readonly origin: string | null };

export function matchingReads({ db }: Engine): MatchingReads {
  const usersOf = (workspace: string) =>
    db
      .selectFrom('users')
      .leftJoin('links', (join) => join.on(ofSubject('links', 'users')))
      .select(['users.id', 'users.user_name', 'users.owner_id', 'users.active', 'users.deleted_at'])
      .select(['users.leaving', 'users.account_key', 'users.created_at', 'links.token', 'links.origin'])
      .where('users.workspace', '=', workspace)
      .where((of) => of.or([of('users.owner_id', 'is not', null), of('users.deleted_at', 'is', null)]));
  const membersOf = (workspace: string) =>
    db.selectFrom('observed_members').selectAll().where('workspace', '=', workspace);
  const refusedOf = (workspace: string) =>
    db
      .selectFrom('refused_links')
      .select(['subject_id', 'token'])
      .where('workspace', '=', workspace)
      .where('kind', '=', 'user');
  const unacceptedOf = (workspace: string) =>
    db
      .selectFrom('invites')
      .select(['user_id', 'email_key'])
      .where('workspace', '=', workspace)
      .where('user_id', 'is not', null)
      .where('state', '!=', 'accepted');

  async function members(workspace: string, { addresses, tokens }: AskedMatches): Promise<ObservedMember[]> {
    const rows = await Promise.all([
      ...chunks([...addresses]).map((keys) => membersOf(workspace).where('email_key', 'in', keys).execute()),
      ...chunks([...tokens]).map((keys) => membersOf(workspace).where('member_key', 'in', keys).execute()),
    ]);
    return rows.flat().map(toMember);
  }

  async function users(workspace: string, { addresses, tokens }: AskedMatches): Promise<MatchUser[]> {
    const found = await Promise.all([
      ...chunks([...addresses]).map((keys) => usersOf(workspace).where('account_key', 'in', keys).execute()),
      ...chunks([...tokens]).map((keys) => usersOf(workspace).where('links.token', 'in', keys).execute()),
    ]);
    const rows = [...new Map(found.flat().map((row) => [row.id, row])).values()];
    const ids = chunks(rows.map((row) => row.id));
    const refused = await Promise.all(
      ids.map((keys) => refusedOf(workspace).where('subject_id', 'in', keys).execute()),
    );
    const unaccepted = await Promise.all(
      ids.map((keys) => unacceptedOf(workspace).where('user_id', 'in', keys).execute()),
    );
    return toUsers(rows, refused.flat(), unaccepted.flat());
  }

  return {
    around: async (workspace, asked, seen = []) => {
      const stored = await members(workspace, asked);
      const near = latest([...stored, ...seen]);
      const addresses = new Set([
        ...asked.addresses,
        ...near.flatMap(({ email }) => (email === null ? [] : fold(email))),
      ]);
      const tokens = new Set([...asked.tokens, ...near.flatMap(({ accountId }) => accountId ?? [])]);
      const found = await users(workspace, { addresses, tokens });
      const known = new Set(near.map(memberKey));
      const elsewhere = found.flatMap(({ link }) =>
        link === null || known.has(link.token) ? [] : link.token,
      );
      const others =
        elsewhere.length === 0 ? [] : await members(workspace, { addresses: [], tokens: elsewhere });
      return { users: found, members: latest([...others, ...near]) };
    },

    all: async (workspace) => ({
      users: toUsers(
        await usersOf(workspace).execute(),
        await refusedOf(workspace).execute(),
        await unacceptedOf(workspace).execute(),
      ),
      members: (await membersOf(workspace).execute()).map(toMember),
    }),
  };
}

/** Each member once; the last row counts. */
function latest(members: readonly ObservedMember[]): readonly ObservedMember[] {
  return [...new Map(members.map((member) => [memberKey(member), member])).values()];
}

export function toUsers(
  rows: readonly UserRow[],
  refused: readonly { readonly subject_id: string; readonly token: string }[],
  unaccepted: readonly { readonly user_id: string | null; readonly email_key: string }[],
): MatchUser[] {
  const refusedBy = Map.groupBy(refused, (row) => row.subject_id);
  const unacceptedBy = Map.groupBy(unaccepted, (row) => row.user_id);
  return rows.map((row) => ({
    id: row.id,
    userName: row.user_name,
    owned: row.owner_id !== null,
    wanted: row.active === 1 && row.deleted_at === null,
    leaving: row.leaving === 1,
    accountKey: row.account_key,
    createdAt: row.created_at,
    link: row.token === null ? null : { token: row.token, origin: toOrigin(row.origin) },
    refused: setOf(refusedBy.get(row.id)?.map(({ token }) => token)),
    unaccepted: setOf(unacceptedBy.get(row.id)?.map(({ email_key: address }) => address)),
  }));
}

const EMPTY: ReadonlySet<string> = new Set();

/** Most users have none, so they share one empty list. */
function setOf(texts: readonly string[] | undefined): ReadonlySet<string> {
  return texts === undefined ? EMPTY : new Set(texts);
}

/** Whether the link was made only to show what the target has. Otherwise such a link counts as `auto`. */
export function isShown(origin: string | null): boolean {
  return origin === 'shown';
}

export function toOrigin(text: string | null): LinkOrigin {
  return text === 'operator' || text === 'invited' ? text : 'auto';
}
