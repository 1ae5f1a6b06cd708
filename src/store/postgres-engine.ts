/**
 * PostgreSQL by pg. Each write is a transaction; the lock under which changes get their positions is taken last and
 * held until the commit, so positions are in the order of commits and no reader's cursor passes one that is to come.
 */
import { Kysely, PostgresDialect, type CompiledQuery } from 'kysely';
import pg from 'pg';
import { violated, type Engine, type Statement, type WriteResult } from './engine.ts';
import { createScanQueue, SCAN_LIMIT_MS, tooSlow } from './scan-queue.ts';
import type { Database } from './schema.ts';

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Any number that nothing else in the database uses for an advisory lock. */
const CHANGES_LOCK = 7_263_101;
const UNIQUE_VIOLATION = '23505';
const STATEMENT_STOPPED = '57014';
/** Serialization failure and deadlock: another transaction was in the way. */
const LOST_RACE = new Set(['40001', '40P01']);

/** @param scanLimitMs how long a search without an index may run */
export function openPostgres(url: string, scanLimitMs = SCAN_LIMIT_MS): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    types: numbersForInt8(),
  });
  // A connection that breaks while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const inTurn = createScanQueue();

  async function transaction<T>(
    begin: string,
    work: (client: pg.PoolClient) => Promise<T>,
    keep: (result: T) => boolean,
  ) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query(keep(result) ? 'commit' : 'rollback');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error('rollback failed');
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function write(statements: readonly Statement[]): Promise<WriteResult> {
    try {
      return await transaction(
        'begin',
        (client) => run(client, statements),
        (result) => result === 'committed',
      );
    } catch (error) {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code === UNIQUE_VIOLATION) return violated(constraint ?? '');
      if (code !== undefined && LOST_RACE.has(code)) return 'conflict';
      throw error;
    }
  }

  return {
    name: 'postgres',
    file: null,
    db,
    write,
    read: async <Row>(query: CompiledQuery<Row>) =>
      (await pool.query(query.sql, [...query.parameters])).rows as Row[],
    scan: <Row>(query: CompiledQuery<Row>) =>
      inTurn(async () => {
        try {
          const begin = `begin read only; set local statement_timeout = ${Math.max(1, scanLimitMs)}`;
          return await transaction(
            begin,
            async (client) => (await rows(client, query)) as Row[],
            () => true,
          );
        } catch (error) {
          if ((error as { code?: string }).code === STATEMENT_STOPPED) throw tooSlow(scanLimitMs);
          throw error;
        }
      }),
    readTogether: (queries) =>
      transaction(
        'begin isolation level repeatable read read only',
        async (client) => {
          const results: Record<string, unknown>[][] = [];
          for (const query of queries) results.push(await rows(client, query));
          return results;
        },
        () => true,
      ),
    close: () => db.destroy(),
  };
}

/** Changes go last, whatever their place in the list. */
async function run(client: pg.PoolClient, statements: readonly Statement[]): Promise<WriteResult> {
  const changes = statements.filter(({ query }) => insertsChanges(query));
  for (const { query, expect, returned } of statements.filter(({ query }) => !insertsChanges(query))) {
    const answer = await client.query<Record<string, unknown>>(query.sql, [...query.parameters]);
    const { rowCount } = answer;
    returned?.(answer.rows);
    if (expect !== undefined && rowCount !== expect) return 'conflict';
  }
  if (changes.length > 0) await client.query('select pg_advisory_xact_lock($1)', [CHANGES_LOCK]);
  for (const { query } of changes) await client.query(query.sql, [...query.parameters]);
  return 'committed';
}

function insertsChanges(query: CompiledQuery): boolean {
  return query.sql.startsWith('insert into "changes"');
}

async function rows(client: pg.PoolClient, query: CompiledQuery): Promise<Record<string, unknown>[]> {
  const result = await client.query<Record<string, unknown>>(query.sql, [...query.parameters]);
  return result.rows;
}

/** Instants and counts come as numbers: all of them are far below 2^53. */
function numbersForInt8(): pg.TypeOverrides {
  const overrides = new pg.TypeOverrides();
  overrides.setTypeParser(pg.types.builtins.INT8, Number);
  return overrides;
}
