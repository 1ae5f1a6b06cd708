/**
 * The SQL that copies the state in one transaction, on both engines: a table for each kind, numbered in the order of
 * ids, so that a page is a range of numbers. Grants refer to other rows by number.
 */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';
import { entitlementId, ADMIN_ROLE, SLUGS } from '../../feed/model.ts';
import type { Engine } from '../engine/engine.ts';
import { accountsSql, groupsSql, matchedSql } from './feed-state-sql.ts';
import { jsonSql } from '../engine/json-sql.ts';

type Sql = RawBuilder<unknown>;

export const SPOOL_TABLES = ['accounts', 'groups', 'resources', 'entitlements', 'grants'] as const;
export type CopyTable = (typeof SPOOL_TABLES)[number];

/** The properties of a copy. */
export interface CopyHeader {
  readonly id: string;
  readonly workspace: string;
  readonly position: number;
  readonly takenAt: number;
  readonly counts: Readonly<Record<CopyTable, number>>;
}

/** The tables of one copy. */
export type FeedCopy = (table: CopyTable | Passing) => RawBuilder<unknown>;

/** Temporary tables of a copy: the account of each user, and the target's tokens of accounts and groups. */
type Passing = 'matched' | 'holders';

const ACCOUNT = 0;
const GROUP = 1;

const COLUMNS: Readonly<Record<CopyTable | Passing, string>> = {
  holders: 'kind text not null, token text not null, ord integer not null, primary key (token, kind, ord)',
  matched: 'user_id text primary key, member_key text not null',
  accounts: `ord integer primary key, id text not null unique, email text, name text, given_name text, family_name text,
    user_name text, external_id text, mode_username text, member_token text, state text not null, admin integer not null,
    owned integer not null, managed_by_scim integer not null, wanted_active integer, wanted_admin integer,
    member_wanted integer not null, delivery_state text, delivery_reason text, activated_at bigint, last_active_at bigint`,
  groups: `ord integer primary key, id text not null unique, name text not null, owned integer not null, external_id text,
    mode_token text, member_count integer not null, delivery_state text, delivery_reason text`,
  resources: `ord integer primary key, type text not null, id text not null, name text not null, default_access text`,
  entitlements: `ord integer primary key, id text not null unique, resource_type text not null, resource_id text not null,
    slug text not null, name text not null`,
  grants: `ord integer primary key, entitlement integer not null, principal_type integer not null, principal integer not null,
    wanted integer, observed integer not null`,
};

/** @param make creates a table, without a log if the engine supports it */
export function copyStatements(
  engine: Engine,
  workspace: string,
  copy: FeedCopy,
  make: Sql,
): CompiledQuery[] {
  const ordered = jsonSql(engine.name).ordered;
  const create = (table: CopyTable | Passing) => sql`${make} ${copy(table)} (${sql.raw(COLUMNS[table])})`;
  const numbered = (order: Sql) => sql`row_number() over (order by ${order})`;
  const accounts = accountsSql(engine, workspace, copy('matched'), null);
  const groups = groupsSql(engine, workspace, null);
  const statements = [
    create('matched'),
    sql`insert into ${copy('matched')} ${matchedSql(engine, workspace, null)}`,
    create('accounts'),
    sql`insert into ${copy('accounts')} select ${numbered(ordered(sql`id`))}, state.* from (${accounts}) as state order by 1`,
    sql`drop table ${copy('matched')}`,
    create('groups'),
    sql`insert into ${copy('groups')}
      select ${numbered(ordered(sql`id`))}, id, name, owned, external_id, mode_token, 0, delivery_state, delivery_reason
      from (${groups}) as state order by 1`,
    create('resources'),
    sql`insert into ${copy('resources')}
      select ${numbered(sql`${ordered(sql`kind`)}, ${ordered(sql`token`)}`)}, kind, token, name, default_access
      from observed_resources
      where workspace = ${workspace} order by 1`,
    create('entitlements'),
    sql`insert into ${copy('entitlements')} select ${numbered(ordered(sql`id`))}, state.* from (${entitlementsSql(copy, workspace)}) as state order by 1`,
    create('holders'),
    sql`insert into ${copy('holders')}
      select 'account', member_token, ord from ${copy('accounts')} where member_token is not null
      union all select 'group', mode_token, ord from ${copy('groups')} where mode_token is not null`,
    create('grants'),
    sql`insert into ${copy('grants')}
      select ${numbered(sql`entitlement, principal_type, principal`)}, entitlement, principal_type, principal,
        max(wanted), max(observed) from (${grantsSql(copy, workspace)}) as held
      group by entitlement, principal_type, principal having max(wanted) = 1 or max(observed) = 1 order by 1`,
    sql`drop table ${copy('holders')}`,
    sql`update ${copy('groups')} as target set member_count = counted.members
      from (select entitlement.resource_id, held.members
        from (select entitlement, count(*) as members from ${copy('grants')} where observed = 1 group by entitlement) as held
        join ${copy('entitlements')} as entitlement on entitlement.ord = held.entitlement
        where entitlement.resource_type = 'group') as counted
      where counted.resource_id = target.id`,
  ];
  return statements.map((statement) => statement.compile(engine.db));
}

function entitlementsSql(copy: FeedCopy, workspace: string): Sql {
  const role = sql`select ${sql.lit(entitlementId('role', ADMIN_ROLE.id, 'assigned'))} as id, 'role' as resource_type,
    ${sql.lit(ADMIN_ROLE.id)} as resource_id, 'assigned' as slug, ${sql.lit(ADMIN_ROLE.name)} as name`;
  const member = sql`select 'group:' || id || ':member', 'group', id, 'member', 'Member of ' || name from ${copy('groups')}`;
  const permissions = (['collection', 'data_source'] as const).flatMap((type) =>
    SLUGS[type].map((slug) => {
      const verb = `${slug.charAt(0).toUpperCase()}${slug.slice(1)} `;
      return sql`select ${sql.lit(`${type}:`)} || id || ${sql.lit(`:${slug}`)}, ${sql.lit(type)}, id, ${sql.lit(slug)}, ${sql.lit(verb)} || name
        from ${copy('resources')} where type = ${sql.lit(type)}`;
    }),
  );
  return sql.join([role, member, ...permissions, unheardOfSql(copy, workspace)], sql` union all `);
}

/** Actions in permissions that are not among the known ones of their resource. */
function unheardOfSql(copy: FeedCopy, workspace: string): Sql {
  const known = (['collection', 'data_source'] as const).map((type) => {
    return sql`(permission.resource_kind = ${sql.lit(type)} and permission.action in (${sql.join(SLUGS[type].map(sql.lit))}))`;
  });
  return sql`select distinct resource.type || ':' || resource.id || ':' || permission.action, resource.type, resource.id,
      permission.action, upper(substr(permission.action, 1, 1)) || substr(permission.action, 2) || ' ' || resource.name
    from observed_permissions as permission
    join ${copy('resources')} as resource
      on resource.type = permission.resource_kind and resource.id = permission.resource_token
    where permission.workspace = ${workspace} and not (${sql.join(known, sql` or `)})`;
}

/**
 * Wanted and observed grants. The same grant may come from both, and from several memberships. SQLite keeps the order
 * of a cross join, which is needed because it does not know the sizes of these tables.
 */
function grantsSql(copy: FeedCopy, workspace: string): Sql {
  const memberOf = (id: Sql) => sql`join ${copy('entitlements')} as entitlement
    on entitlement.resource_type = 'group' and entitlement.id = 'group:' || ${id} || ':member'`;
  const admin = sql.lit(entitlementId('role', ADMIN_ROLE.id, 'assigned'));
  return sql`
    select entitlement.ord as entitlement, ${sql.lit(ACCOUNT)} as principal_type, account.ord as principal,
      account.member_wanted as wanted, 0 as observed
    from group_members as membership
    join groups on groups.id = membership.group_id and groups.workspace = ${workspace} and groups.owner_id is not null
    join ${copy('accounts')} as account on account.id = membership.user_id
    ${memberOf(sql`membership.group_id`)}
    union all
    select entitlement.ord, ${sql.lit(ACCOUNT)}, account.ord, 0, 1
    from links
    cross join ${copy('entitlements')} as entitlement
    cross join observed_group_members as membership
    cross join ${copy('holders')} as account
    where links.workspace = ${workspace} and links.kind = 'group'
      and entitlement.id = 'group:' || links.subject_id || ':member'
      and membership.workspace = links.workspace and membership.group_token = links.token
      and account.token = membership.member_token and account.kind = 'account'
    union all
    select entitlement.ord, ${sql.lit(ACCOUNT)}, account.ord,
      case when account.wanted_active = 1 and account.wanted_admin = 1 then 1 else 0 end, account.admin
    from ${copy('accounts')} as account join ${copy('entitlements')} as entitlement on entitlement.id = ${admin}
    where account.admin = 1 or (account.wanted_active = 1 and account.wanted_admin = 1)
    union all
    select entitlement.ord, case holder.kind when 'account' then ${sql.lit(ACCOUNT)} else ${sql.lit(GROUP)} end,
      holder.ord, cast(null as integer), 1
    from observed_permissions as permission
    join ${copy('entitlements')} as entitlement on entitlement.id =
      permission.resource_kind || ':' || permission.resource_token || ':' || permission.action
    join ${copy('holders')} as holder
      on holder.kind = permission.accessor_kind and holder.token = permission.accessor_token
    where permission.workspace = ${workspace}`;
}

/** The properties of the copy as one row, with the columns of the list of copies. */
export function headerSql(
  engine: Engine,
  { id, workspace, takenAt }: Pick<CopyHeader, 'id' | 'workspace' | 'takenAt'>,
  copy: FeedCopy,
): Sql {
  const counts = SPOOL_TABLES.map((table) => sql`(select count(*) from ${copy(table)}) as ${sql.id(table)}`);
  const newest = engine.db
    .selectFrom('changes')
    .select('position')
    .where('workspace', '=', workspace)
    .orderBy('position', 'desc')
    .limit(1);
  return sql`select cast(${id} as text) as id, cast(${workspace} as text) as workspace,
    coalesce((${newest}), 0) as position, cast(${takenAt} as bigint) as taken_at, ${sql.join(counts)}`;
}

export function toHeader(row: Readonly<Record<string, unknown>>): CopyHeader {
  const counts = Object.fromEntries(SPOOL_TABLES.map((table) => [table, Number(row[table])]));
  return {
    id: String(row['id']),
    workspace: String(row['workspace']),
    position: Number(row['position']),
    takenAt: Number(row['taken_at']),
    counts: counts as CopyHeader['counts'],
  };
}

/** Whether the tables of two copies have the same rows. Column `differs`: 0 or 1 for each table. */
export function comparison(engine: Engine, one: FeedCopy, other: FeedCopy): CompiledQuery {
  const differs = SPOOL_TABLES.map((table) => {
    const unequal = sql.join(
      columnsOf(table).map((name) => sql`one.${sql.ref(name)} is distinct from other.${sql.ref(name)}`),
      sql` or `,
    );
    return sql`select case when (select count(*) from ${one(table)}) <> (select count(*) from ${other(table)}) or exists (
      select 1 from ${one(table)} as one join ${other(table)} as other on other.ord = one.ord where ${unequal})
      then 1 else 0 end as differs`;
  });
  return sql.join(differs, sql` union all `).compile(engine.db);
}

/** The names of a table's columns, in order. */
export function columnsOf(table: CopyTable): readonly string[] {
  return [...COLUMNS[table].matchAll(/(?:^|,)\s*(\w+) /g)].flatMap(([, name]) => name ?? []);
}
