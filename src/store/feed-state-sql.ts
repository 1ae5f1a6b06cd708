/**
 * What the feed tells, as SQL: for the whole workspace when a copy is made, and for a few people and groups when
 * changes are told. One text for both, so that they cannot say different things.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Engine } from './engine.ts';
import { jsonSql } from './json-sql.ts';

type Sql = RawBuilder<unknown>;

/** Which users or groups; null: all of the workspace. */
export type Chosen = readonly string[] | null;

/**
 * Which member of Mode a user is: the linked one, else the only one with the address whose account is nobody else's.
 * Where several users have that address, one of them is the person: who is not deleted, then who is active, then who was
 * pushed, then the oldest. Columns: user_id, member_key.
 */
export function matchedSql(engine: Engine, workspace: string, chosen: Chosen): Sql {
  const users = chosenSql(engine, sql`users.id`, chosen);
  const ofAddress =
    chosen === null
      ? sql``
      : sql`and member.email_key in (select users.email_key from users where users.workspace = ${workspace} ${users})`;
  const linked = sql`select users.id as user_id, member.member_key from users
    join links on links.workspace = users.workspace and links.kind = 'user' and links.subject_id = users.id
    join observed_members as member on member.workspace = users.workspace and member.member_key = links.token
    where users.workspace = ${workspace} ${users}`;
  return sql`${linked}
    union all
    select ranked.user_id, ranked.member_key from (
      select users.id as user_id, free.member_key, row_number() over (
        partition by free.member_key
        order by case when users.deleted_at is null then 0 else 1 end, users.active desc,
          case when users.owner_id is null then 1 else 0 end, users.created_at, users.id) as place
      from (
        select member.email_key, min(member.member_key) as member_key from observed_members as member
        where member.workspace = ${workspace} and member.email_key is not null ${ofAddress}
          and (member.member_token is null or not exists (select 1 from links as taken
            where taken.workspace = ${workspace} and taken.kind = 'user' and taken.token = member.member_token))
        group by member.email_key having count(*) = 1
      ) as free
      join users on users.workspace = ${workspace} and users.email_key = free.email_key ${users}
      where users.id not in (select linked.user_id from (${linked}) as linked)
    ) as ranked where ranked.place = 1`;
}

/**
 * The accounts, given a table `matched`. A deleted user is told for as long as Mode still has them.
 * `member_wanted`: the memberships of that person are wanted on Mode.
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
