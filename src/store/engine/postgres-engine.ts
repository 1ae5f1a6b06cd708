/**
 * PostgreSQL by pg. Each write is a transaction; the lock under which changes get their positions is taken last and
 * held until the commit, so positions are in the order of commits and no reader's cursor passes one that is to come.
 */
import {
  Kysely,
  PostgresDialect,
  type CompiledQuery,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely';
import pg from 'pg';
import type { BridgeError } from '../../errors.ts';
import { systemClock } from '../../clock.ts';
import { violated, type Engine, type Statement, type WriteResult } from './engine.ts';
import { cannotWrite, postgresFailure } from './postgres-failure.ts';
import { statementNames } from './postgres-statements.ts';
import { createScanQueue, SCAN_LIMIT_MS, tooSlow } from './scan-queue.ts';
import type { Database } from '../tables/schema.ts';
import { systemRandom } from '../../random.ts';

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** What the network may take beyond the statement itself. */
const ANSWER_MS = 5_000;
/** For statements whose own limit is raised: a copy of the feed's whole state takes up to ten minutes. */
const QUERY_TIMEOUT_MS = 11 * 60_000;
/** After how long an idle connection is checked by the operating system. */
const KEEP_ALIVE_MS = 10_000;
/** Any number that nothing else in the database uses for an advisory lock. */
const CHANGES_LOCK = 7_263_101;
const UNIQUE_VIOLATION = '23505';
const STATEMENT_STOPPED = '57014';
/** Serialization failure and deadlock: another transaction was in the way. */
const LOST_RACE = new Set(['40001', '40P01']);

/** @param scanLimitMs how long a search without an index may run */
export function openPostgres(url: string, scanLimitMs = SCAN_LIMIT_MS, random = systemRandom): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Compiling a plan takes longer than any statement here runs.
    options: '-c jit=off',
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types: numbersForInt8(),
  });
  // A connection that breaks is replaced at the next use, and a statement under way fails by itself: without listeners,
  // on the pool for idle connections and on each that is in use, the news of it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  /** Why the last write failed, while nothing can be written. */
  let unwritable: BridgeError | undefined;
  const inTurn = createScanQueue(systemClock);
  const nameOf = statementNames();
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded(pool, nameOf) }) });
  const named = ({ sql, parameters }: CompiledQuery) => limited(sql, parameters, nameOf(sql));

  async function transaction<T>(
    begin: string,
    work: (client: pg.PoolClient) => Promise<T>,
    keep: (result: T) => boolean,
  ) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(limited(begin));
      const result = await work(client);
      await client.query(limited(keep(result) ? 'commit' : 'rollback'));
      return result;
    } catch (error) {
      await client.query(limited('rollback')).catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error('rollback failed');
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function write(statements: readonly Statement[], begin = 'begin'): Promise<WriteResult> {
    const [only] = statements.length === 1 && begin === 'begin' ? statements : [];
    try {
      const result =
        only !== undefined && isWhole(only)
          ? await runAlone(only)
          : await transaction(
              begin,
              (client) => run(client, statements, named),
              (outcome) => outcome === 'committed',
            );
      unwritable = undefined;
      return result;
    } catch (error) {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code === UNIQUE_VIOLATION) return violated(constraint ?? '');
      if (code !== undefined && LOST_RACE.has(code)) return 'conflict';
      const failure = postgresFailure(error);
      if (cannotWrite(failure)) unwritable = failure;
      throw failure;
    }
  }

  async function runAlone({ query, returned }: Statement): Promise<WriteResult> {
    const { rows } = await pool.query<Record<string, unknown>>(named(query));
    returned?.(rows);
    return 'committed';
  }

  return {
    name: 'postgres',
    random,
    file: null,
    db,
    write: (statements) => write(statements),
    writeUnsynced: (statements) => write(statements, 'begin; set local synchronous_commit = off'),
    read: async <Row>(query: CompiledQuery<Row>) =>
      (await served(() => pool.query(named(query)))).rows as Row[],
    scan: <Row>(query: CompiledQuery<Row>) =>
      inTurn(async () => {
        try {
          const begin = `begin read only; set local statement_timeout = ${Math.max(1, scanLimitMs)}`;
          return await transaction(
            begin,
            async (client) => (await client.query(limited(query.sql, query.parameters))).rows as Row[],
            () => true,
          );
        } catch (error) {
          if ((error as { code?: string }).code === STATEMENT_STOPPED) throw tooSlow(scanLimitMs);
          throw postgresFailure(error);
        }
      }),
    readTogether: (queries) =>
      served(() =>
        transaction(
          'begin isolation level repeatable read read only',
          async (client) => {
            const results: Record<string, unknown>[][] = [];
            for (const query of queries) {
              results.push((await client.query<Record<string, unknown>>(named(query))).rows);
            }
            return results;
          },
          () => true,
        ),
      ),
    check: async () => {
      await served(() => pool.query(limited('select 1')));
      if (unwritable !== undefined) throw unwritable;
    },
    takeAlone: () => undefined,
    close: async () => {
      await db.destroy();
      await pool.end();
    },
  };
}

/** A statement with a time limit on this side too: a network that swallows everything answers never. */
function limited(text: string, values: readonly unknown[] = [], name?: string) {
  const limit = { query_timeout: STATEMENT_TIMEOUT_MS + ANSWER_MS };
  return { text, values: [...values], ...limit, ...(name === undefined ? {} : { name }) };
}

/** @throws BridgeError unavailable when the database is away; else what the work throws */
async function served<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw postgresFailure(error);
  }
}

/** The pool for the query builder, whose failures become the same errors. The pool is ended by its owner. */
function guarded(pool: pg.Pool, nameOf: (sql: string) => string | undefined): PostgresPool {
  return {
    options: pool.options,
    end: () => Promise.resolve(),
    connect: async () => {
      const client = await served(() => pool.connect());
      const query = (text: string, values: readonly unknown[]) =>
        served(() => client.query(limited(text, values, nameOf(text))));
      const release = () => {
        client.release();
      };
      return { query, release } as unknown as PostgresPoolClient;
    },
  };
}

/** Changes go last, whatever their place in the list. */
async function run(
  client: pg.PoolClient,
  statements: readonly Statement[],
  named: (query: CompiledQuery) => pg.QueryConfig,
): Promise<WriteResult> {
  const changes = statements.filter(({ query }) => insertsChanges(query));
  for (const { query, expect, returned } of statements.filter(({ query }) => !insertsChanges(query))) {
    const answer = await client.query<Record<string, unknown>>(named(query));
    const { rowCount } = answer;
    returned?.(answer.rows);
    if (expect !== undefined && rowCount !== expect) return 'conflict';
  }
  if (changes.length > 0) await client.query(limited('select pg_advisory_xact_lock($1)', [CHANGES_LOCK]));
  for (const { query } of changes) await client.query(named(query));
  return 'committed';
}

/** Whether a statement by itself is a transaction: nothing is undone for what it touches, and it adds no changes. */
function isWhole({ query, expect }: Statement): boolean {
  return expect === undefined && !insertsChanges(query);
}

function insertsChanges(query: CompiledQuery): boolean {
  return query.sql.startsWith('insert into "changes"');
}

/** Instants and counts come as numbers: all of them are far below 2^53. */
function numbersForInt8(): pg.TypeOverrides {
  const overrides = new pg.TypeOverrides();
  overrides.setTypeParser(pg.types.builtins.INT8, Number);
  return overrides;
}
