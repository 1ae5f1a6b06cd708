/** The permissions that changes touched, and the current grants of people and groups. */
import { sql } from 'kysely';
import type { GrantKey, Touched } from '../../feed/feed-store.ts';
import { ADMIN_ROLE, entitlementId, type Principal } from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, within } from './ask.ts';
import type { GrantRow } from './feed-pages.ts';
import { accountsSql, matchedSql } from './feed-state-sql.ts';

type HeldRow = GrantRow & { readonly group_id: string | null };

/**
 * The permissions that changes named, and those of accounts and groups of the target whose users and groups may have
 * changed.
 */
export async function touchedPermissions(
  engine: Engine,
  workspace: string,
  touched: Touched,
): Promise<readonly GrantKey[]> {
  const accounts = touched.holders.flatMap(({ userId, memberToken }) =>
    memberToken === null ? [] : [{ token: memberToken, principal: { type: 'account', id: userId } as const }],
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
    const rows = await ask<{ entitlement_id: string; token: string }>(
      engine,
      sql`
      select resource_kind || ':' || resource_token || ':' || action as entitlement_id, accessor_token as token
      from observed_permissions
      where workspace = ${workspace} and accessor_kind = ${kind} and ${within(engine, sql`accessor_token`, tokens)}`,
    );
    return rows.flatMap((row) =>
      holders.flatMap(({ token, principal }) =>
        token === row.token ? [{ entitlementId: row.entitlement_id, principal }] : [],
      ),
    );
  };
  return [...touched.permissions, ...(await of('account', accounts)), ...(await of('group', groups))];
}

/** The grants of these people and groups. Memberships that are gone on both sides are included, with 0 and 0. */
export function grantsHeldBy(
  engine: Engine,
  workspace: string,
  users: readonly string[],
  groups: Iterable<string>,
): Promise<readonly HeldRow[]> {
  const [admin, none] = [entitlementId('role', ADMIN_ROLE.id, 'assigned'), sql`cast(null as text)`];
  const permission = sql`permission.resource_kind || ':' || permission.resource_token || ':' || permission.action`;
  return ask<HeldRow>(
    engine,
    sql`
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
    where links.workspace = ${workspace} and links.kind = 'group' and ${within(engine, sql`links.subject_id`, groups)}
      and permission.workspace = links.workspace
      and permission.accessor_kind = 'group' and permission.accessor_token = links.token
      and resource.workspace = links.workspace
      and resource.kind = permission.resource_kind and resource.token = permission.resource_token`,
  );
}
