/**
 * SQLite by node:sqlite, in WAL mode, synced to disk with every commit. Writes that arrive in turns of the event loop
 * that follow each other share one commit: waiting for the disk and locking the file cost more than the statements do.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, type CompiledQuery } from 'kysely';
import { BridgeError } from '../../errors.ts';
import { violated, type Engine, type Statement, type WriteResult } from './engine.ts';
import { SCAN_LIMIT_MS } from './scan-queue.ts';
import type { Database } from '../tables/schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { served, sqliteFailure } from './sqlite-failure.ts';
import { prepareFile } from './sqlite-file.ts';
import { lockFile, type FileLock } from './sqlite-lock.ts';
import { defineFunctions } from './sqlite-functions.ts';
import { sqliteReads } from './sqlite-reads.ts';
import { sqliteScans } from './sqlite-scans.ts';
import { statementCache } from './sqlite-statements.ts';
import { systemRandom } from '../../random.ts';

const BUSY_TIMEOUT_MS = 5_000;
/** Pages of 4 KiB that are written before the log is folded into the file. */
const WAL_PAGES = 16_384;
/** Pages of the database that are kept in memory. */
const CACHE_KIBIBYTES = 32_768;
/** With less room on the disk than this, the next writes may fail. */
const MIN_FREE_BYTES = 8 * 1024 * 1024;
const MAX_BATCH = 1_000;
/** Of the event loop, in which writes are gathered for one commit. */
const MAX_TURNS = 10;

interface Waiting {
  readonly statements: readonly Statement[];
  readonly isSynced: boolean;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param path of the file, made with its folder when it is not there, readable by its owner only
 * @param scanLimitMs how long a search without an index may run
 * @throws BridgeError invalid_config for a path that is no database
 */
export function openSqlite(path: string, scanLimitMs = SCAN_LIMIT_MS, random = systemRandom): Engine {
  prepareFile(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  database.exec(`pragma wal_autocheckpoint = ${WAL_PAGES}`);
  database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
  defineFunctions(database);

  const prepare = statementCache(database);
  const db = new Kysely<Database>({ dialect: sqliteDialect(database, prepare) });
  const reads = sqliteReads(database, prepare);
  const [begin, commit] = [database.prepare('begin immediate'), database.prepare('commit')];
  const [savepoint, release] = [
    database.prepare('savepoint one_write'),
    database.prepare('release one_write'),
  ];
  const undo = database.prepare('rollback to one_write');
  const scans = sqliteScans({ file: path, limitMs: scanLimitMs });
  let queue: Waiting[] = [];
  let lock: FileLock | undefined;
  /** Why the last commit failed, while nothing can be written. */
  let unwritable: BridgeError | undefined;

  /** As long as each turn brings something new it is still taken along: a wait for the disk costs far more. */
  function gather(before: number, turns: number): void {
    if (queue.length === before || turns === MAX_TURNS) flush();
    else setImmediate(gather, queue.length, turns + 1);
  }

  /** One commit, and so one wait for the disk, for all that wait. */
  function flush(): void {
    const batch = queue.slice(0, MAX_BATCH);
    queue = queue.slice(MAX_BATCH);
    if (queue.length > 0) setImmediate(flush);
    if (batch.length === 0) return;
    if (!database.isOpen) {
      // Background work may outlive the store by a moment.
      for (const { reject } of batch) reject(new BridgeError('unavailable', 'The database is closed.'));
      return;
    }
    const isSynced = batch.some((waiting) => waiting.isSynced);
    if (!isSynced) database.exec('pragma synchronous = normal');
    try {
      const report = allAtOnce(batch) ?? oneByOne(batch);
      unwritable = undefined;
      report();
    } catch (error) {
      const failure = sqliteFailure(error);
      if (failure instanceof BridgeError) unwritable = failure;
      if (database.isTransaction) database.exec('rollback');
      for (const { reject } of batch) reject(failure);
    } finally {
      if (!isSynced) database.exec('pragma synchronous = full');
    }
  }

  function enqueue(statements: readonly Statement[], isSynced: boolean): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      if (queue.length === 0) setImmediate(gather, 0, 0);
      queue.push({ statements, isSynced, resolve, reject });
    });
  }

  /** Most often every write holds. @returns undefined, with nothing changed, when one does not */
  function allAtOnce(batch: readonly Waiting[]): (() => void) | undefined {
    begin.run();
    try {
      if (batch.every(({ statements }) => run(statements) === 'committed')) {
        commit.run();
        return () => {
          for (const { resolve } of batch) resolve('committed');
        };
      }
    } catch {
      // Which of them failed, and why, is seen when each is tried by itself.
    }
    if (database.isTransaction) database.exec('rollback');
    return undefined;
  }

  function oneByOne(batch: readonly Waiting[]): () => void {
    begin.run();
    const done = batch.map(attempt);
    commit.run();
    return () => {
      for (const report of done) report();
    };
  }

  /** In a savepoint, so that one that fails takes nothing else with it. */
  function attempt({ statements, resolve, reject }: Waiting): () => void {
    savepoint.run();
    try {
      const result = run(statements);
      if (result !== 'committed') undo.run();
      return () => {
        resolve(result);
      };
    } catch (error) {
      // A full disk ends the whole transaction, and every write of the batch with it.
      if (!database.isTransaction) throw error;
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
      if (database.isTransaction) release.run();
    }
  }

  function run(statements: readonly Statement[]): WriteResult {
    for (const { query, expect, returned } of statements) {
      const statement = prepare(query.sql);
      let touched: number;
      if (returned === undefined) touched = Number(statement.run(...inputs(query)).changes);
      else {
        const rows = statement.all(...inputs(query));
        returned(rows);
        touched = rows.length;
      }
      if (expect !== undefined && touched !== expect) return 'conflict';
    }
    return 'committed';
  }

  return {
    name: 'sqlite',
    random,
    file: path,
    db,
    read: reads.read,
    readTogether: reads.readTogether,
    scan: scans.run,
    write: (statements) => enqueue(statements, true),
    writeUnsynced: (statements) => enqueue(statements, false),
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to reject
    check: async () => {
      served(() => database.prepare('select 1 from sqlite_schema limit 1').get());
      if (unwritable !== undefined) throw unwritable;
      const { bavail, bsize } = statfsSync(dirname(path));
      if (bavail * bsize >= MIN_FREE_BYTES) return;
      throw new BridgeError('unavailable', 'The disk of the database file is nearly full.');
    },
    takeAlone: () => {
      lock ??= lockFile(path);
    },
    close: async () => {
      flush();
      reads.answerAll();
      await scans.close();
      await db.destroy();
      lock?.release();
      lock = undefined;
    },
  };
}

function inputs(query: CompiledQuery): SQLInputValue[] {
  return query.parameters as SQLInputValue[];
}
