/** Adds requests to the log, many at once. */
import { sql } from 'kysely';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { RequestStore } from '../../directory/requests/request-store.ts';
import { BridgeError } from '../../errors.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { filled, slot } from '../engine/prepared.ts';
import { COLUMNS, kindOf, toValues, type KindRow } from './request-rows.ts';

const NUMBERS: Readonly<Record<string, string>> = {
  at: 'bigint',
  kind: 'bigint',
  unknown_attributes: 'integer',
  duration_ms: 'double precision',
};

export function requestWrites(engine: Engine): Pick<RequestStore, 'add'> {
  const { db, name, write } = engine;
  /** The numbers of kinds that were needed before. */
  const known = new Map<string, number>();
  // A list goes in as one value, as in the change log.
  const elements =
    name === 'sqlite'
      ? sql`json_each(${slot('rows')})`
      : sql`jsonb_array_elements(cast(${slot('rows')} as jsonb)) as listed(value)`;
  const field = (column: string, index: number) => {
    if (name === 'sqlite') return sql`value ->> ${sql.lit(index)}`;
    return sql`cast(value ->> ${sql.lit(index)}::int as ${sql.raw(NUMBERS[column] ?? 'text')})`;
  };
  // "where true": SQLite would take "on conflict" for a join.
  const insertInto = (table: string, columns: readonly string[]) =>
    sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
      select ${sql.join(columns.map(field))} from ${elements} where true on conflict do nothing`.compile(db);
  const insertRequests = insertInto('requests', COLUMNS);
  const insertResources = insertInto('request_resources', ['resource_id', 'request_id']);

  /** Several bridges may add a kind at once: all of them then find the same number. */
  async function addKind(kind: KindRow): Promise<number> {
    const insert = db.insertInto('request_kinds').values(kind);
    await write([{ query: insert.onConflict((conflict) => conflict.doNothing()).compile() }]);
    let query = db.selectFrom('request_kinds').select('id');
    for (const column of ['workspace', 'connection_id', 'profile', 'method', 'status'] as const)
      query = query.where(column, '=', kind[column]);
    const { id } = await query.executeTakeFirstOrThrow();
    return id;
  }

  async function numberOf(request: LoggedRequest): Promise<number> {
    const number = await addKind(kindOf(request));
    known.set(keyOf(request), number);
    return number;
  }

  return {
    add: async (requests) => {
      const rows: (readonly (string | number | null)[])[] = [];
      const resources: (readonly string[])[] = [];
      for (const request of requests) {
        rows.push(toValues(request, known.get(keyOf(request)) ?? (await numberOf(request))));
        for (const id of request.bulkIds) resources.push([id, request.id]);
      }
      const statements: Statement[] = [{ query: filled(insertRequests, { rows: JSON.stringify(rows) }) }];
      if (resources.length > 0)
        statements.push({ query: filled(insertResources, { rows: JSON.stringify(resources) }) });
      if ((await write(statements)) === 'committed') return;
      throw new BridgeError('unavailable', 'The request log could not be written: too many writes at once.');
    },
  };
}

function keyOf({ workspace, connectionId, profile, method, status }: LoggedRequest): string {
  return `${workspace ?? ''} ${connectionId ?? ''} ${profile ?? ''} ${method} ${status ?? ''}`;
}
