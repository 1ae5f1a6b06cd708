/** The groups of a person, and requested groups: what the IdP wants, and what the target has. */
import { sql, type RawBuilder } from 'kysely';
import type { ExplainStore, KnownGroup } from '../../operators/explain/explain-store.ts';
import { idList } from '../engine/id-list.ts';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { nameKey } from '../tables/keys.ts';

type Sql = RawBuilder<unknown>;

interface Person {
  readonly userId: string | null;
  readonly token: string | null;
}

export function groupFacts(engine: Engine): Pick<ExplainStore, 'groupsOf' | 'groupsNamed'> {
  const { db, name } = engine;
  const listed = (ids: readonly string[]) => jsonSql(name).ids(idList(ids));

  async function facts(workspace: string, person: Person, chosen: Sql, onlyOnTarget: Sql, limit: number) {
    const { userId, token } = person;
    const { rows } = await sql<Row>`
      select groups.id, groups.display_name as name, groups.owner_id, groups.deleted_at, links.token,
        case when member.user_id is null then 0 else 1 end as wanted, ${SEEN}, list.read_at as list_read_at
      from groups
      left join links on links.workspace = groups.workspace and links.kind = 'group' and links.subject_id = groups.id
      left join group_members as member on member.group_id = groups.id and member.user_id = ${userId}
      left join observed_group_members as seen on seen.workspace = groups.workspace
        and seen.group_token = links.token and seen.member_token = ${token}
      left join read_times as list on list.workspace = groups.workspace and list.list = 'group:' || links.token
      where groups.workspace = ${workspace} and ${chosen}
      union all
      select null as id, found.name, null as owner_id, null as deleted_at, found.token, 0 as wanted, ${SEEN},
        list.read_at as list_read_at
      from observed_groups as found
      left join observed_group_members as seen on seen.workspace = found.workspace
        and seen.group_token = found.token and seen.member_token = ${token}
      left join read_times as list on list.workspace = found.workspace and list.list = 'group:' || found.token
      where found.workspace = ${workspace} and ${onlyOnTarget}
        and not exists (select 1 from links where links.workspace = found.workspace and links.kind = 'group'
          and links.token = found.token)
      order by name, token limit ${limit}`.execute(db);
    return unique(rows).map(toGroup);
  }

  return {
    groupsOf: (workspace, person, also, limit) => {
      const { userId, token } = person;
      const onTarget = sql`select group_token from observed_group_members
        where workspace = ${workspace} and member_token = ${token}`;
      const chosen = sql`groups.id in (
        select group_id from group_members where user_id = ${userId}
        union select subject_id from links where workspace = ${workspace} and kind = 'group' and token in (${onTarget})
        ${also.length === 0 ? sql`` : sql`union select id from groups where id in ${listed(also)}`})`;
      return facts(workspace, person, chosen, sql`found.token in (${onTarget})`, limit);
    },
    groupsNamed: async (workspace, person, group) => {
      const same = sql`(groups.display_name_key = ${nameKey(group)} or groups.id = ${group})`;
      const found = await facts(workspace, person, same, sql`found.name = ${group}`, 100);
      return found.toSorted((a, b) => Number(a.deletedAt !== null) - Number(b.deletedAt !== null));
    },
  };
}

const SEEN = sql`case when seen.member_token is null then 0 else 1 end as is_seen, seen.read_at, seen.read_how,
  seen.written_at`;

interface Row {
  readonly id: string | null;
  readonly name: string;
  readonly owner_id: string | null;
  readonly deleted_at: number | null;
  readonly token: string | null;
  readonly wanted: number;
  readonly is_seen: number;
  readonly read_at: number | null;
  readonly read_how: string | null;
  readonly written_at: number | null;
  readonly list_read_at: number | null;
}

/** One person may have several rows in one group of the target. */
function unique(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.id ?? row.token, row])).values()];
}

function toGroup(row: Row): KnownGroup {
  return {
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    deletedAt: row.deleted_at,
    token: row.token,
    wanted: row.wanted === 1,
    seen: row.is_seen === 0 ? null : { readAt: row.read_at, how: row.read_how, writtenAt: row.written_at },
    readAt: row.list_read_at,
  };
}
