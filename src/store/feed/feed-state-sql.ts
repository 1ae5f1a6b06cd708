/**
 * The state of the feed, as SQL: for the whole workspace when a copy is created, and for a few people and groups when
 * changes are read. Both use the same SQL, so that they cannot differ.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { matchedAccounts } from '../matching/matching-sql.ts';

type Sql = RawBuilder<unknown>;

/** The selected users or groups; null: all of the workspace. */
export type Chosen = readonly string[] | null;

/** The member of the target of each user. Columns: user_id, member_key. */
export function matchedSql(engine: Engine, workspace: string, chosen: Chosen): Sql {
  return matchedAccounts(workspace, chosenSql(engine, sql`users.id`, chosen));
}

/**
 * The accounts, given a table `matched`. A deleted user is included while the target still has the account.
 * `member_wanted`: the person's memberships are wanted on the target.
 */
export function accountsSql(engine: Engine, workspace: string, matched: Sql, chosen: Chosen): Sql {
  const json = jsonSql(engine.name);
  const name = (part: string) => json.text(sql`users.document`, ['name', part]);
  const present = sql`users.deleted_at is null`;
  const spoken = sql`users.owner_id is not null and users.deleted_at is null`;
  return sql`select users.id, coalesce(member.email, users.email) as email, coalesce(member.name, users.full_name) as name,
      ${name('givenName')} as given_name, ${name('familyName')} as family_name,
      case when ${present} then users.user_name end as user_name,
      case when ${present} then users.external_id end as external_id,
      member.username as mode_username, member.member_token, coalesce(member.state, 'absent') as state,
      case when member.state = 'active' and member.admin = 1 then 1 else 0 end as admin,
      case when users.owner_id is null then 0 else 1 end as owned, coalesce(member.managed_by_scim, 0) as managed_by_scim,
      case when ${spoken} then users.active end as wanted_active, case when ${spoken} then users.admin end as wanted_admin,
      case when ${present} then users.active else 0 end as member_wanted,
      deliveries.state as delivery_state, deliveries.reason as delivery_reason,
      activity.activated_at, activity.last_active_at
    from users
    left join ${matched} as matched on matched.user_id = users.id
    left join observed_members as member on member.workspace = users.workspace and member.member_key = matched.member_key
    left join observed_activity as activity
      on activity.workspace = users.workspace and activity.member_token = member.member_token
    left join deliveries
      on deliveries.workspace = users.workspace and deliveries.kind = 'user' and deliveries.subject_id = users.id
    where users.workspace = ${workspace} ${chosenSql(engine, sql`users.id`, chosen)}
      and (${present} or (users.owner_id is not null and member.state is not null and member.state <> 'former'))`;
}

export function groupsSql(engine: Engine, workspace: string, chosen: Chosen): Sql {
  return sql`select groups.id, groups.display_name as name, case when groups.owner_id is null then 0 else 1 end as owned,
      groups.external_id, links.token as mode_token,
      deliveries.state as delivery_state, deliveries.reason as delivery_reason
    from groups
    left join links on links.workspace = groups.workspace and links.kind = 'group' and links.subject_id = groups.id
    left join deliveries
      on deliveries.workspace = groups.workspace and deliveries.kind = 'group' and deliveries.subject_id = groups.id
    where groups.workspace = ${workspace} and groups.deleted_at is null ${chosenSql(engine, sql`groups.id`, chosen)}`;
}

function chosenSql(engine: Engine, column: Sql, chosen: Chosen): Sql {
  if (chosen === null) return sql``;
  return sql`and ${column} in ${jsonSql(engine.name).ids(JSON.stringify(chosen))}`;
}
