/** The state now of what changes were about, at the cost of what they touched: nothing here looks at everything. */
import { sql, type RawBuilder } from 'kysely';
import type { ChangedGroup, FeedStore, GrantKey, Membership, Touched } from '../../feed/feed-store.ts';
import { ADMIN_ROLE, entitlementId, grantId, type Group, type Principal } from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import {
  toAccount,
  toGrant,
  toGroup,
  toResource,
  type AccountRow,
  type GrantRow,
  type GroupRow,
  type ResourceRow,
} from './feed-pages.ts';
import { accountsSql, groupsSql, matchedSql } from './feed-state-sql.ts';
import { jsonSql } from '../engine/json-sql.ts';

type Sql = RawBuilder<unknown>;
type Ask = <Row>(query: Sql) => Promise<readonly Row[]>;
interface ObservedRow {
  readonly group_id: string;
  readonly member_token: string;
}
type HeldRow = GrantRow & { readonly group_id: string | null };

export function feedTouched(engine: Engine): FeedStore['touched'] {
  const ask: Ask = async <Row>(query: Sql) => (await engine.read(query.compile(engine.db))) as readonly Row[];
  const within = (column: Sql, values: Iterable<string>) =>
    sql`${column} in ${jsonSql(engine.name).ids(JSON.stringify([...values]))}`;

  /** Memberships by Mode's token of the person become such by the directory's id. */
  async function memberships(workspace: string, touched: Touched): Promise<readonly Membership[]> {
    const known = touched.memberships.flatMap((one) => ('userId' in one ? [one] : []));
    const byToken = touched.memberships.flatMap((one) => ('memberToken' in one ? [one] : []));
    const holders = touched.holders.flatMap(({ userId, memberToken }) =>
      memberToken === null ? [] : [{ userId, memberToken }],
    );
    const ofHolders = await heldBySome(workspace, new Set(holders.map((one) => one.memberToken)));
    const ofGroups = await heldIn(workspace, touched.wholeGroups);
    const people = await peopleBehind(
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
      ...(await wantedBy(touched)),
    ];
  }

  async function wantedBy({ wholeGroups, holders }: Touched): Promise<readonly Membership[]> {
    const users = holders.map((holder) => holder.userId);
    const rows = await ask<{ group_id: string; user_id: string }>(sql`
      select group_id, user_id from group_members where ${within(sql`group_id`, wholeGroups)}
      union all select group_id, user_id from group_members where ${within(sql`user_id`, users)}`);
    return rows.map(({ group_id: groupId, user_id: userId }) => ({ groupId, userId }));
  }

  /** The users behind accounts of Mode. */
  async function peopleBehind(workspace: string, tokens: Iterable<string>): Promise<Map<string, string[]>> {
    const rows = await ask<{ token: string; id: string }>(sql`
      select links.token, links.subject_id as id from links
      where links.workspace = ${workspace} and links.kind = 'user' and ${within(sql`links.token`, tokens)}
      union
      select member.member_token as token, users.id
      from observed_members as member cross join users
      where member.workspace = ${workspace} and ${within(sql`member.member_key`, tokens)}
        and member.member_token is not null
        and users.workspace = member.workspace and users.account_key = member.email_key`);
    const people = new Map<string, string[]>();
    for (const { token, id } of rows) people.set(token, [...(people.get(token) ?? []), id]);
    return people;
  }

  // SQLite keeps to the order of a cross join: what was asked for first, and not all groups.

  /** The groups that accounts of Mode are in. */
  function heldBySome(workspace: string, tokens: Iterable<string>): Promise<readonly ObservedRow[]> {
    return ask(sql`select links.subject_id as group_id, membership.member_token
      from observed_group_members as membership cross join links
      where membership.workspace = ${workspace} and ${within(sql`membership.member_token`, tokens)}
        and links.workspace = membership.workspace and links.kind = 'group' and links.token = membership.group_token`);
  }

  /** The accounts of Mode that groups have. */
  function heldIn(workspace: string, groups: Iterable<string>): Promise<readonly ObservedRow[]> {
    return ask(sql`select links.subject_id as group_id, membership.member_token
      from links cross join observed_group_members as membership
      where links.workspace = ${workspace} and links.kind = 'group' and ${within(sql`links.subject_id`, groups)}
        and membership.workspace = links.workspace and membership.group_token = links.token`);
  }

  /** Those, and who else has the address of one of them: which of them Mode's member is depends on all. */
  async function withNamesakes(workspace: string, ids: readonly string[]): Promise<string[]> {
    const rows = await ask<{ id: string }>(sql`select users.id from users where users.workspace = ${workspace}
      and users.account_key in (select chosen.account_key from users as chosen where ${within(sql`chosen.id`, ids)})`);
    return [...new Set([...ids, ...rows.map((row) => row.id)])];
  }

  /** The resources that were touched and are there. */
  async function resourcesOf(workspace: string, { resources }: Touched): Promise<readonly ResourceRow[]> {
    if (resources.length === 0) return [];
    const of = (type: 'collection' | 'data_source') => {
      const ids = resources.flatMap((one) => (one.type === type ? [one.id] : []));
      return sql`select kind as type, token as id, name, default_access from observed_resources
        where workspace = ${workspace} and kind = ${type} and ${within(sql`token`, ids)}`;
    };
    return ask(sql`${of('collection')} union all ${of('data_source')}`);
  }

  /** The permissions that changes named, and those of Mode's accounts and groups whose people and groups may be others now. */
  async function permissions(workspace: string, touched: Touched): Promise<readonly GrantKey[]> {
    const accounts = touched.holders.flatMap(({ userId, memberToken }) =>
      memberToken === null
        ? []
        : [{ token: memberToken, principal: { type: 'account', id: userId } as const }],
    );
    const groups = touched.modeGroups.map(({ groupId, groupToken }) => {
      return { token: groupToken, principal: { type: 'group', id: groupId } as const };
    });
    const of = async (
      kind: 'account' | 'group',
      holders: readonly { token: string; principal: Principal }[],
    ) => {
      if (holders.length === 0) return [];
      const tokens = holders.map((holder) => holder.token);
      const rows = await ask<{ entitlement_id: string; token: string }>(sql`
        select resource_kind || ':' || resource_token || ':' || action as entitlement_id, accessor_token as token
        from observed_permissions
        where workspace = ${workspace} and accessor_kind = ${kind} and ${within(sql`accessor_token`, tokens)}`);
      return rows.flatMap((row) =>
        holders.flatMap(({ token, principal }) =>
          token === row.token ? [{ entitlementId: row.entitlement_id, principal }] : [],
        ),
      );
    };
    return [...touched.permissions, ...(await of('account', accounts)), ...(await of('group', groups))];
  }

  /** What these people hold, and what these groups do; memberships that are gone on both sides too, with 0 and 0. */
  function heldBy(
    workspace: string,
    users: readonly string[],
    groups: Iterable<string>,
  ): Promise<readonly HeldRow[]> {
    const [admin, none] = [entitlementId('role', ADMIN_ROLE.id, 'assigned'), sql`cast(null as text)`];
    const permission = sql`permission.resource_kind || ':' || permission.resource_token || ':' || permission.action`;
    return ask<HeldRow>(sql`
      with matched as (${matchedSql(engine, workspace, users)}),
      account as (${accountsSql(engine, workspace, sql`matched`, users)})
      select 'group:' || held.group_id || ':member' as entitlement_id, 0 as principal_type, held.id as principal_id,
        max(held.wanted) as wanted, max(held.observed) as observed, held.group_id
      from (
        select groups.id as group_id, account.id, account.member_wanted as wanted, 0 as observed from account
        join group_members on group_members.user_id = account.id
        join groups on groups.id = group_members.group_id and groups.owner_id is not null and groups.deleted_at is null
        union all
        select groups.id, account.id, 0, 1
        from account cross join observed_group_members as membership cross join links cross join groups
        where membership.workspace = ${workspace} and membership.member_token = account.member_token
          and links.workspace = membership.workspace and links.kind = 'group' and links.token = membership.group_token
          and groups.id = links.subject_id and groups.deleted_at is null
      ) as held group by held.group_id, held.id
      union all
      select ${sql.lit(admin)}, 0, account.id,
        case when account.wanted_active = 1 and account.wanted_admin = 1 then 1 else 0 end, account.admin, ${none}
      from account
      union all
      select ${permission}, 0, account.id, cast(null as integer), 1, ${none} from account
      join observed_permissions as permission on permission.workspace = ${workspace}
        and permission.accessor_kind = 'account' and permission.accessor_token = account.member_token
      join observed_resources as resource on resource.workspace = ${workspace}
        and resource.kind = permission.resource_kind and resource.token = permission.resource_token
      union all
      select ${permission}, 1, links.subject_id, cast(null as integer), 1, ${none}
      from links cross join observed_permissions as permission cross join observed_resources as resource
      where links.workspace = ${workspace} and links.kind = 'group' and ${within(sql`links.subject_id`, groups)}
        and permission.workspace = links.workspace
        and permission.accessor_kind = 'group' and permission.accessor_token = links.token
        and resource.workspace = links.workspace
        and resource.kind = permission.resource_kind and resource.token = permission.resource_token`);
  }

  return async (workspace, touched) => {
    const pairs = await memberships(workspace, touched);
    const asked = new Set([...touched.accounts, ...touched.holders.map((holder) => holder.userId)]);
    const accountIds = new Set(await withNamesakes(workspace, [...asked]));
    const named = await permissions(workspace, touched);
    const holdersOf = (type: Principal['type']) =>
      named.flatMap(({ principal }) => (principal.type === type ? [principal.id] : []));
    const users = await withNamesakes(workspace, [
      ...accountIds,
      ...pairs.map((pair) => pair.userId),
      ...holdersOf('account'),
    ]);
    const accounts = await ask<AccountRow>(sql`with matched as (${matchedSql(engine, workspace, users)})
      ${accountsSql(engine, workspace, sql`matched`, users)}`);
    const groups = await ask<GroupRow>(groupsSql(engine, workspace, [...touched.groups]));
    const held = await heldBy(workspace, users, new Set([...touched.groups, ...holdersOf('group')]));
    const holders = new Set(touched.holders.map((holder) => holder.userId));
    const wanted = new Set(pairs.map(({ groupId, userId }) => `${groupId} ${userId}`));
    const permitted = new Set(named.map((one) => grantId(one.entitlementId, one.principal)));
    const grants = held
      .filter((row) => row.wanted === 1 || row.observed === 1)
      .filter(
        (row) =>
          (row.principal_type === 1 ? touched.groups : holders).has(row.principal_id) ||
          (row.group_id !== null && wanted.has(`${row.group_id} ${row.principal_id}`)) ||
          permitted.has(toGrant(row).id),
      );
    return {
      accounts: accounts.filter((row) => accountIds.has(row.id)).map(toAccount),
      groups: groups.map((row) => withoutCount(toGroup(row))),
      resources: (await resourcesOf(workspace, touched)).map(toResource),
      grants: grants.map(toGrant),
      memberships: unique(pairs),
      permissions: named,
    };
  };
}

function withoutCount({ id, name, owned, externalId, modeToken, delivery }: Group): ChangedGroup {
  return { id, name, owned, externalId, modeToken, delivery };
}

function unique(memberships: readonly Membership[]): Membership[] {
  return [...new Map(memberships.map((one) => [`${one.groupId} ${one.userId}`, one])).values()];
}
