/** Adds requests to the log, many at once. */
import { sql, type RawBuilder } from 'kysely';
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { RequestStore } from '../../directory/requests/request-store.ts';
import { BridgeError } from '../../errors.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { filled, prepared, slot, slotsOf } from '../engine/prepared.ts';
import type { RequestResourcesTable, RequestsTable } from '../tables/request-tables.ts';
import { COLUMNS, kindOf, toValues, type KindRow } from './request-rows.ts';

/** The types of columns that are not text. */
const TYPES: Readonly<Record<string, string>> = {
  at: 'bigint',
  kind: 'bigint',
  bucket: 'integer',
  unknown_attributes: 'integer',
  duration_ms: 'double precision',
};

type Values = ReturnType<typeof toValues>;

export function requestWrites(engine: Engine): Pick<RequestStore, 'add'> {
  const { db, name, write } = engine;
  /** The numbers of kinds that were needed before. */
  const known = new Map<string, number>();
  const insertOne = db
    .insertInto('requests')
    .values(slotsOf<RequestsTable>(COLUMNS))
    .onConflict((conflict) => conflict.doNothing())
    .compile();
  const insertResource = prepared(
    db
      .insertInto('request_resources')
      .values(slotsOf<RequestResourcesTable>(['resource_id', 'request_id']))
      .onConflict((conflict) => conflict.doNothing()),
  );
  const insertAll = sql`insert into requests (${sql.join(COLUMNS.map((column) => sql.ref(column)))})
    select ${sql.join(COLUMNS.map(field))} from jsonb_array_elements(cast(${slot('rows')} as jsonb)) as listed(value)
    on conflict do nothing`.compile(db);

  /** One round trip is what costs on a server, reading JSON what costs in a file. */
  function insert(rows: readonly Values[]): readonly Statement[] {
    if (name === 'sqlite') return rows.map((parameters) => ({ query: { ...insertOne, parameters } }));
    return [{ query: filled(insertAll, { rows: JSON.stringify(rows) }) }];
  }

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
      const rows: Values[] = [];
      const resources: Statement[] = [];
      for (const request of requests) {
        rows.push(toValues(request, known.get(keyOf(request)) ?? (await numberOf(request))));
        for (const resource_id of request.bulkIds)
          resources.push({ query: insertResource({ resource_id, request_id: request.id }) });
      }
      const statements = [...insert(rows), ...resources];
      if ((await write(statements)) === 'committed') return;
      throw new BridgeError('unavailable', 'The request log could not be written: too many writes at once.');
    },
  };
}

function field(column: string, index: number): RawBuilder<unknown> {
  return sql`cast(value ->> ${sql.lit(index)}::int as ${sql.raw(TYPES[column] ?? 'text')})`;
}

function keyOf({ workspace, connectionId, profile, method, status }: LoggedRequest): string {
  return `${workspace ?? ''} ${connectionId ?? ''} ${profile ?? ''} ${method} ${status ?? ''}`;
}
