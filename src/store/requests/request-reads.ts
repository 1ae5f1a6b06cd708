/**
 * Lists the request log, and deletes what is old in it. The newest of each kind are found by an index, and the newest of
 * all of them are merged: however rare what a list is filtered by, few rows are read.
 */
import { setImmediate } from 'node:timers/promises';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { RequestQuery, RequestStore, StatusRange } from '../../directory/requests/request-store.ts';
import type { Engine } from '../engine/engine.ts';
import { chunks } from '../engine/chunks.ts';
import { idList } from '../engine/id-list.ts';
import { jsonSql } from '../engine/json-sql.ts';
import type { RequestKindsTable, RequestsTable } from '../tables/request-tables.ts';
import { bucketOf, toRequest } from './request-rows.ts';

type Kind = Selectable<RequestKindsTable>;
type Row = Selectable<RequestsTable>;
type Sql = RawBuilder<unknown>;

interface Place {
  readonly id: string;
  readonly at: number;
}

export function requestReads(engine: Engine): Pick<RequestStore, 'list' | 'prune'> {
  const { db } = engine;
  const { ids: listed } = jsonSql(engine.name);
  const run = <T>(query: RawBuilder<T>) => engine.read(query.compile(db));

  /** The first of all requests of these kinds. */
  async function firstOf(kinds: readonly number[], where: Sql, order: Sql, limit: number): Promise<Place[]> {
    const found: Place[] = [];
    for (const piece of chunks(kinds)) {
      const branches = piece.map(
        (kind) => sql`select * from (select id, at from requests where kind = ${kind} and ${where}
          order by at ${order}, id ${order} limit ${limit}) as of_kind`,
      );
      const merged = sql<Place>`select id, at from (${sql.join(branches, sql` union all `)}) as of_all
        order by at ${order}, id ${order} limit ${limit}`;
      found.push(...(await run(merged)));
    }
    return found;
  }

  /** The newest about one resource, which bulk requests may name among others. */
  async function newestOf(
    resource: string,
    kinds: readonly number[],
    where: Sql,
    limit: number,
  ): Promise<Place[]> {
    // With the plus, no database takes the index of kinds: many requests are of these.
    const ofKinds = sql`+kind in (${sql.join(kinds)})`;
    const inBucket = sql`bucket = ${bucketOf(resource)} and resource_id = ${resource}`;
    const ofBulk = sql`select request_id from request_resources where resource_id = ${resource}`;
    const branch = (
      about: Sql,
    ) => sql`select * from (select id, at from requests where ${about} and ${ofKinds} and ${where}
      order by at desc, id desc limit ${limit}) as of_resource`;
    const merged = sql<Place>`${branch(inBucket)} union ${branch(sql`id in (${ofBulk})`)}`;
    return [...(await run(merged))];
  }

  /** Kind by kind: to count a million rows at once would hold up SQLite for longer. */
  async function countOf(kinds: readonly number[]): Promise<number> {
    let count = 0;
    for (const kind of kinds) {
      const ofKind = sql<{ n: number }>`select count(*) as n from requests where kind = ${kind}`;
      count += (await run(ofKind))[0]?.n ?? 0;
      await setImmediate();
    }
    return count;
  }

  async function kindsOf(workspace: string, query: RequestQuery): Promise<readonly Kind[]> {
    const { connectionId, method, profile, status } = query;
    let kinds = db.selectFrom('request_kinds').selectAll().where('workspace', 'in', [workspace, '']);
    if (connectionId !== undefined) kinds = kinds.where('connection_id', '=', connectionId);
    if (method !== undefined) kinds = kinds.where('method', '=', method);
    if (profile !== undefined) kinds = kinds.where('profile', '=', profile);
    if (status !== undefined) {
      const [from, to]: StatusRange = status === 'closed' ? [0, 0] : status;
      kinds = kinds.where('status', '>=', from).where('status', '<=', to);
    }
    return kinds.execute();
  }

  async function bulkIdsOf(requests: readonly Place[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = await run(sql<{ request_id: string; resource_id: string }>`select request_id, resource_id
      from request_resources where request_id in ${listed(idList(requests.map(({ id }) => id)))}`);
    const ids = new Map<string, string[]>();
    for (const row of found) ids.set(row.request_id, [...(ids.get(row.request_id) ?? []), row.resource_id]);
    return ids;
  }

  return {
    list: async (workspace, query) => {
      const kinds = new Map((await kindsOf(workspace, query)).map((kind) => [kind.id, kind]));
      if (kinds.size === 0) return [];
      const { resourceId, limit } = query;
      const numbers = [...kinds.keys()];
      const where = timesOf(query);
      const places =
        resourceId === undefined
          ? await firstOf(numbers, where, sql`desc`, limit)
          : await newestOf(resourceId, numbers, where, limit);
      const newest = places.sort(newestFirst).slice(0, limit);
      if (newest.length === 0) return [];
      const rows = await run(
        sql<Row>`select * from requests where id in ${listed(idList(newest.map(({ id }) => id)))}`,
      );
      const bulkIds = await bulkIdsOf(newest);
      return [...rows].sort(newestFirst).flatMap((row) => {
        const kind = kinds.get(row.kind);
        return kind === undefined ? [] : [toRequest(row, kind, bulkIds.get(row.id) ?? [])];
      });
    },

    prune: async (before, maxRows, limit) => {
      const kinds = (await db.selectFrom('request_kinds').select('id').execute()).map(({ id }) => id);
      if (kinds.length === 0) return 0;
      let oldest = await firstOf(kinds, sql`at < ${before}`, sql`asc`, limit);
      if (oldest.length === 0) {
        const n = await countOf(kinds);
        const excess = Math.min(n - maxRows, limit);
        if (excess > 0) oldest = await firstOf(kinds, sql`true`, sql`asc`, excess);
      }
      const ids = oldest.sort((a, b) => newestFirst(b, a)).slice(0, limit);
      if (ids.length === 0) return 0;
      const old = listed(idList(ids.map(({ id }) => id)));
      await engine.write([
        { query: sql`delete from request_resources where request_id in ${old}`.compile(db) },
        { query: sql`delete from requests where id in ${old}`.compile(db) },
      ]);
      return ids.length;
    },
  };
}

function timesOf({ from, to, before }: RequestQuery): Sql {
  const conditions = [
    ...(from === undefined ? [] : [sql`at >= ${from}`]),
    ...(to === undefined ? [] : [sql`at < ${to}`]),
    ...(before === undefined ? [] : [sql`(at, id) < (${before.at}, ${before.id})`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function newestFirst(a: Place, b: Place): number {
  return b.at - a.at || (a.id < b.id ? 1 : -1);
}
