/**
 * SQLite by node:sqlite, in WAL mode, synced to disk with every commit. Writes that arrive within two turns of the event
 * loop share one commit: each in a savepoint, so that one that fails takes nothing else with it.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteAdapter, SqliteDialect, type CompiledQuery, type SqliteDatabase } from 'kysely';
import { violated, type Engine, type Statement, type WriteResult } from './engine.ts';
import type { Database } from './schema.ts';

const BUSY_TIMEOUT_MS = 5_000;
const MAX_STATEMENTS = 500;
/** A commit writes whole pages, of many small indexes: small ones are written faster. Only for a new file. */
const PAGE_BYTES = 2_048;
/** Pages that are written before the log is folded into the file: 32 MiB. */
const WAL_PAGES = 16_384;
/** Pages of the database that are kept in memory. */
const CACHE_KIBIBYTES = 32_768;
const MAX_BATCH = 1_000;

interface Waiting {
  readonly statements: readonly Statement[];
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/** @param path of the file, made with its folder when it is not there, readable by its owner only */
export function openSqlite(path: string): Engine {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  chmodSync(path, 0o600);
  database.exec(`pragma page_size = ${PAGE_BYTES}`);
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  database.exec(`pragma wal_autocheckpoint = ${WAL_PAGES}`);
  database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
  database.function('bridge_fold', { deterministic: true }, (text) =>
    typeof text === 'string' ? text.toLowerCase() : null,
  );

  const prepare = statementCache(database);
  const db = new Kysely<Database>({
    dialect: new TransactionalSqliteDialect({ database: adapt(database, prepare) }),
  });
  const [begin, commit] = [database.prepare('begin immediate'), database.prepare('commit')];
  const [savepoint, release] = [
    database.prepare('savepoint one_write'),
    database.prepare('release one_write'),
  ];
  const undo = database.prepare('rollback to one_write');
  let queue: Waiting[] = [];

  /** All or nothing for each write; one commit, and so one wait for the disk, for all of them. */
  function flush(): void {
    const batch = queue.slice(0, MAX_BATCH);
    queue = queue.slice(MAX_BATCH);
    if (queue.length > 0) setImmediate(flush);
    const done: (() => void)[] = [];
    try {
      begin.run();
      for (const waiting of batch) done.push(attempt(waiting));
      commit.run();
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const tell of done) tell();
  }

  function attempt({ statements, resolve, reject }: Waiting): () => void {
    savepoint.run();
    try {
      const result = run(statements);
      if (result !== 'committed') undo.run();
      return () => {
        resolve(result);
      };
    } catch (error) {
      undo.run();
      const message = error instanceof Error ? error.message : '';
      return message.startsWith('UNIQUE constraint failed')
        ? () => {
            resolve(violated(message));
          }
        : () => {
            reject(error);
          };
    } finally {
      release.run();
    }
  }

  function run(statements: readonly Statement[]): WriteResult {
    for (const { query, expect } of statements) {
      const { changes } = prepare(query.sql).run(...inputs(query));
      if (expect !== undefined && Number(changes) !== expect) return 'conflict';
    }
    return 'committed';
  }

  return {
    name: 'sqlite',
    file: path,
    db,
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to reject
    read: async <Row>(query: CompiledQuery<Row>) => prepare(query.sql).all(...inputs(query)) as Row[],
    // Nothing else can happen on this connection between these reads.
    readTogether: (queries) =>
      Promise.resolve(queries.map((query) => prepare(query.sql).all(...inputs(query)))),
    write: (statements) =>
      new Promise((resolve, reject) => {
        // What arrives in the next turn is still taken along: waiting for the disk costs far more than a turn.
        if (queue.length === 0) setImmediate(() => setImmediate(flush));
        queue.push({ statements, resolve, reject });
      }),
    close: async () => {
      if (queue.length > 0) flush();
      await db.destroy();
    },
  };
}

/** SQLite changes tables within transactions; Kysely would not use that by itself. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function inputs(query: CompiledQuery): SQLInputValue[] {
  return query.parameters as SQLInputValue[];
}

/** Statements are prepared once, the least lately used ones are forgotten. */
function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const statement = cache.get(sql) ?? database.prepare(sql);
    cache.delete(sql);
    cache.set(sql, statement);
    const oldest = cache.size > MAX_STATEMENTS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return statement;
  };
}

/** node:sqlite behind the few calls that Kysely makes. */
function adapt(database: DatabaseSync, prepare: (sql: string) => StatementSync): SqliteDatabase {
  return {
    close: () => {
      database.close();
    },
    prepare: (sql) => {
      const statement = prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
