/**
 * Lists the request log, and deletes old requests. It reads batches from the newest on, and only those that may have
 * matches, until no older batch can have a newer request.
 */
import { setImmediate } from 'node:timers/promises';
import { sql, type RawBuilder } from 'kysely';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { RequestQuery, RequestStore, StatusRange } from '../../directory/requests/request-store.ts';
import { idList } from '../engine/id-list.ts';
import type { Engine } from '../engine/engine.ts';
import { jsonSql } from '../engine/json-sql.ts';
import { markOf, toRequests, type Kind } from './request-batch.ts';

/** Read at once: a batch of a thousand takes a millisecond. */
const PIECE = 4;

type Sql = RawBuilder<unknown>;

interface Found {
  readonly id: string;
  readonly last_at: number;
  readonly content: string;
}

export function requestReads(engine: Engine): Pick<RequestStore, 'list' | 'prune'> {
  return {
    list: (workspace, query) => list(engine, workspace, query),
    prune: (before, maxRows, limit) => prune(engine, before, maxRows, limit),
  };
}

async function list(
  engine: Engine,
  workspace: string,
  query: RequestQuery,
): Promise<readonly LoggedRequest[]> {
  const kinds = new Map((await kindsOf(engine, workspace, query)).map((kind) => [kind.id, kind]));
  if (kinds.size === 0) return [];
  const { limit } = query;
  const where = batchesOf(engine, query, [...kinds.keys()]);
  const found = new Map<string, LoggedRequest>();
  for (let after: Found | undefined; ;) {
    const batches = await batchesAfter(engine, where, after);
    for (const { content } of batches)
      for (const request of toRequests(content, kinds))
        if (isAskedFor(request, query)) found.set(request.id, request);
    after = batches.at(-1);
    const newest = [...found.values()].sort(newestFirst).slice(0, limit);
    const oldest = newest[limit - 1]?.at ?? -Infinity;
    if (after === undefined || batches.length < PIECE || after.last_at < oldest) return newest;
    await setImmediate();
  }
}

async function batchesAfter(engine: Engine, where: Sql, after: Found | undefined): Promise<readonly Found[]> {
  const place = after === undefined ? sql`true` : sql`(last_at, id) < (${after.last_at}, ${after.id})`;
  const query = sql<Found>`select id, last_at, content from request_batches
    join request_contents on batch_id = id where ${where} and ${place}
    order by last_at desc, id desc limit ${PIECE}`;
  return engine.read(query.compile(engine.db));
}

/** Selects batches that may have a match. */
function batchesOf({ name }: Engine, query: RequestQuery, kinds: readonly number[]): Sql {
  const { from, to, before, resourceId } = query;
  return sql.join(
    [
      sql`exists (select 1 from request_batch_kinds as kinds
        where kinds.batch_id = request_batches.id and kinds.kind in (${sql.join(kinds)}))`,
      ...(from === undefined ? [] : [sql`last_at >= ${from}`]),
      ...(to === undefined ? [] : [sql`first_at < ${to}`]),
      ...(before === undefined ? [] : [sql`first_at <= ${before.at}`]),
      ...(resourceId === undefined
        ? []
        : [jsonSql(name).contains(sql.ref('resources'), sql`${markOf(resourceId)}`)]),
    ],
    sql` and `,
  );
}

function isAskedFor(request: LoggedRequest, { from, to, before, resourceId }: RequestQuery): boolean {
  if (from !== undefined && request.at < from) return false;
  if (to !== undefined && request.at >= to) return false;
  if (before !== undefined && newestFirst(before, request) >= 0) return false;
  if (resourceId === undefined || request.resourceId === resourceId) return true;
  return request.bulkIds.some((id) => id === resourceId);
}

function kindsOf({ db }: Engine, workspace: string, query: RequestQuery): Promise<readonly Kind[]> {
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

/** Whole batches, the oldest first. */
async function prune(engine: Engine, before: number, maxRows: number, limit: number): Promise<number> {
  const { db } = engine;
  const oldest = await db
    .selectFrom('request_batches')
    .select(['id', 'last_at', 'requests'])
    .orderBy('last_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  const { total } = await db
    .selectFrom('request_batches')
    .select((of) => of.fn.coalesce(of.fn.sum<number | string>('requests'), sql<number>`0`).as('total'))
    .executeTakeFirstOrThrow();
  const excess = Number(total) - maxRows;
  const ids: string[] = [];
  let deleted = 0;
  for (const { id, last_at: lastAt, requests } of oldest) {
    if (deleted >= limit || (lastAt >= before && deleted >= excess)) break;
    ids.push(id);
    deleted += requests;
  }
  if (ids.length === 0) return 0;
  const old = jsonSql(engine.name).ids(idList(ids));
  await engine.write([
    { query: sql`delete from request_batch_kinds where batch_id in ${old}`.compile(db) },
    { query: sql`delete from request_contents where batch_id in ${old}`.compile(db) },
    { query: sql`delete from request_batches where id in ${old}`.compile(db) },
  ]);
  return deleted;
}

type Place = Pick<LoggedRequest, 'at' | 'id'>;

function newestFirst(a: Place, b: Place): number {
  return b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
