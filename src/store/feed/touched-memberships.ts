/** The memberships that changes touched, by the ids of the directory. */
import { sql } from 'kysely';
import type { Membership, Touched } from '../../feed/feed-store.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, within } from './ask.ts';

interface ObservedRow {
  readonly group_id: string;
  readonly member_token: string;
}

/** Converts memberships by the target's token of the person to memberships by the directory's id. */
export async function touchedMemberships(
  engine: Engine,
  workspace: string,
  touched: Touched,
): Promise<readonly Membership[]> {
  const known = touched.memberships.flatMap((one) => ('userId' in one ? [one] : []));
  const byToken = touched.memberships.flatMap((one) => ('memberToken' in one ? [one] : []));
  const holders = touched.holders.flatMap(({ userId, memberToken }) =>
    memberToken === null ? [] : [{ userId, memberToken }],
  );
  const ofHolders = await heldBySome(engine, workspace, new Set(holders.map((one) => one.memberToken)));
  const ofGroups = await heldIn(engine, workspace, touched.wholeGroups);
  const people = await peopleBehind(
    engine,
    workspace,
    new Set([...byToken.map((one) => one.memberToken), ...ofGroups.map((row) => row.member_token)]),
  );
  const pairs = (groupId: string, users: readonly string[]) => users.map((userId) => ({ groupId, userId }));
  return [
    ...known.map(({ groupId, userId }) => ({ groupId, userId })),
    ...byToken.flatMap(({ groupId, memberToken }) => pairs(groupId, people.get(memberToken) ?? [])),
    ...ofGroups.flatMap((row) => pairs(row.group_id, people.get(row.member_token) ?? [])),
    ...ofHolders.flatMap((row) =>
      holders.flatMap(({ userId, memberToken }) =>
        memberToken === row.member_token ? pairs(row.group_id, [userId]) : [],
      ),
    ),
    ...(await wantedBy(engine, touched)),
  ];
}

async function wantedBy(engine: Engine, { wholeGroups, holders }: Touched): Promise<readonly Membership[]> {
  const users = holders.map((holder) => holder.userId);
  const rows = await ask<{ group_id: string; user_id: string }>(
    engine,
    sql`
    select group_id, user_id from group_members where ${within(engine, sql`group_id`, wholeGroups)}
    union all select group_id, user_id from group_members where ${within(engine, sql`user_id`, users)}`,
  );
  return rows.map(({ group_id: groupId, user_id: userId }) => ({ groupId, userId }));
}

/** The users of accounts of the target. */
async function peopleBehind(
  engine: Engine,
  workspace: string,
  tokens: Iterable<string>,
): Promise<Map<string, string[]>> {
  const rows = await ask<{ token: string; id: string }>(
    engine,
    sql`
    select links.token, links.subject_id as id from links
    where links.workspace = ${workspace} and links.kind = 'user' and ${within(engine, sql`links.token`, tokens)}
    union
    select member.member_token as token, users.id
    from observed_members as member cross join users
    where member.workspace = ${workspace} and ${within(engine, sql`member.member_key`, tokens)}
      and member.member_token is not null
      and users.workspace = member.workspace and users.account_key = member.email_key`,
  );
  const people = new Map<string, string[]>();
  for (const { token, id } of rows) people.set(token, [...(people.get(token) ?? []), id]);
  return people;
}

// SQLite keeps the order of a cross join, so it starts with the given rows and not with all groups.

/** The groups that accounts of the target are in. */
function heldBySome(
  engine: Engine,
  workspace: string,
  tokens: Iterable<string>,
): Promise<readonly ObservedRow[]> {
  return ask(
    engine,
    sql`select links.subject_id as group_id, membership.member_token
    from observed_group_members as membership cross join links
    where membership.workspace = ${workspace} and ${within(engine, sql`membership.member_token`, tokens)}
      and links.workspace = membership.workspace and links.kind = 'group' and links.token = membership.group_token`,
  );
}

/** The accounts of the target that groups have. */
function heldIn(
  engine: Engine,
  workspace: string,
  groups: Iterable<string>,
): Promise<readonly ObservedRow[]> {
  return ask(
    engine,
    sql`select links.subject_id as group_id, membership.member_token
    from links cross join observed_group_members as membership
    where links.workspace = ${workspace} and links.kind = 'group' and ${within(engine, sql`links.subject_id`, groups)}
      and membership.workspace = links.workspace and membership.group_token = links.token`,
  );
}
