/**
 * Adds requests to the log, many at once. When few arrive, they join the previous batch, so that there are few batches
 * even when requests are slow.
 */
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { RequestStore } from '../../directory/requests/request-store.ts';
import { BridgeError } from '../../errors.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { prepared, slot, slotsOf } from '../engine/prepared.ts';
import type {
  RequestBatchesTable,
  RequestBatchKindsTable,
  RequestContentsTable,
} from '../tables/request-tables.ts';
import { kindOf, toBatch, type KindRow, type RequestBatch } from './request-batch.ts';

/** Requests join a batch only up to this size, because the whole batch is written again. */
const GROWS_TO = 64;
/** Requests join a batch only within this time after its first request, so that it can be deleted in time. */
const GROWS_MS = 60 * 60 * 1_000;
/** Requests in one batch. A bulk request counts for as many as it has operations. */
const MAX_WEIGHT = 2_000;

export function requestWrites(engine: Engine): Pick<RequestStore, 'add'> {
  const { db, write, writeUnsynced } = engine;
  const statementsOf = batchStatements(engine);
  /** A cache of the numbers of kinds. */
  const known = new Map<string, number>();
  /** The content of the batch that the next requests can join. */
  let growing: readonly LoggedRequest[] = [];

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
    const key = keyOf(request);
    const number = known.get(key) ?? (await addKind(kindOf(request)));
    known.set(key, number);
    return number;
  }

  async function addBatch(requests: readonly LoggedRequest[]): Promise<void> {
    const kinds: number[] = [];
    for (const request of requests) kinds.push(known.get(keyOf(request)) ?? (await numberOf(request)));
    if ((await writeUnsynced(statementsOf(toBatch(requests, kinds)))) === 'committed') return;
    throw new BridgeError('unavailable', 'The request log could not be written: too many writes at once.');
  }

  return {
    add: async (requests) => {
      for (const batch of batchesOf(requests)) {
        const all = joins(growing, batch) ? [...growing, ...batch] : batch;
        await addBatch(all);
        growing = all;
      }
    },
  };
}

function batchStatements({ db }: Engine): (batch: RequestBatch) => readonly Statement[] {
  type Changing = Omit<RequestBatchesTable, 'id'>;
  const changing = slotsOf<Changing>(['first_id', 'last_id', 'first_at', 'last_at', 'requests', 'resources']);
  const insertBatch = prepared(
    db
      .insertInto('request_batches')
      .values({ id: slot('id'), ...changing })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changing)),
  );
  const insertKind = prepared(
    db
      .insertInto('request_batch_kinds')
      .values(slotsOf<RequestBatchKindsTable>(['batch_id', 'kind']))
      .onConflict((conflict) => conflict.doNothing()),
  );
  const insertContent = prepared(
    db
      .insertInto('request_contents')
      .values(slotsOf<RequestContentsTable>(['batch_id', 'content']))
      .onConflict((conflict) => conflict.column('batch_id').doUpdateSet({ content: slot('content') })),
  );
  return ({ row, kinds, content }) => [
    { query: insertBatch({ ...row }) },
    { query: insertContent({ batch_id: row.id, content }) },
    ...Array.from(kinds, (kind) => ({ query: insertKind({ batch_id: row.id, kind }) })),
  ];
}

function batchesOf(requests: readonly LoggedRequest[]): readonly (readonly LoggedRequest[])[] {
  const batches: LoggedRequest[][] = [];
  let weight = Infinity;
  for (const request of requests) {
    weight += 1 + request.bulkIds.length;
    if (weight > MAX_WEIGHT) {
      batches.push([]);
      weight = 1 + request.bulkIds.length;
    }
    batches.at(-1)?.push(request);
  }
  return batches;
}

function joins(growing: readonly LoggedRequest[], next: readonly LoggedRequest[]): boolean {
  const [first, last] = [growing[0], next.at(-1)];
  if (first === undefined || last === undefined) return false;
  const weight = [...growing, ...next].reduce((sum, { bulkIds }) => sum + 1 + bulkIds.length, 0);
  return weight <= GROWS_TO && last.at - first.at < GROWS_MS;
}

function keyOf({ workspace, connectionId, profile, method, status }: LoggedRequest): string {
  return `${workspace ?? ''} ${connectionId ?? ''} ${profile ?? ''} ${method} ${status ?? ''}`;
}
