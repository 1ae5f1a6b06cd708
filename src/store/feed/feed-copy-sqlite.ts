/**
 * Copies as files next to the database, readable only by their owner. A thread creates them, and pages read them. The
 * modification time of a file is the time until which it is kept. Every process on the database uses the same files.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { threadFile } from '../../thread-file.ts';
import { systemClock, timeLimit } from '../../clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { CopyAnswer, CopyTask } from './feed-copy-worker.ts';
import type { CopyPlace, Values } from './feed-copy.ts';
import {
  comparison,
  headerSql,
  copyStatements,
  toHeader,
  type CopyHeader,
  type FeedCopy,
} from './feed-copy-sql.ts';
import { sqliteFailure } from '../engine/sqlite-failure.ts';

/** The version of the layout. Files of other versions are not used. */
const FINISHED = '.copy2';
const OUTDATED = '.copy';
const UNFINISHED = '.part';
/** A file that is unfinished for longer than this belongs to a dead process. */
const UNFINISHED_MS = 60 * 60_000;

/** A thread that takes longer is stuck. The same limit as for a copy on PostgreSQL. */
const COPY_MS = 10 * 60_000;

const own: FeedCopy = (table) => sql`${sql.id('main', `feed_${table}`)}`;
const previously: FeedCopy = (table) => sql`${sql.id('previous', `feed_${table}`)}`;

interface OpenCopy {
  readonly header: CopyHeader;
  readonly prepare: (text: string) => StatementSync;
  readonly close: () => void;
}

/** @param file the database */
export function sqliteSpool(engine: Engine, file: string): CopyPlace {
  const folder = `${file}-feed`;
  const copies = new Map<string, OpenCopy>();
  let watch: StatementSync | undefined;
  let watching: DatabaseSync | undefined;
  const pathOf = (id: string) => join(folder, `${id}${FINISHED}`);

  function copyOf(id: string): OpenCopy | undefined {
    const path = pathOf(id);
    if (!existsSync(path)) {
      copies.get(id)?.close();
      copies.delete(id);
      return undefined;
    }
    const copy = copies.get(id) ?? openCopy(path);
    copies.set(id, copy);
    return copy;
  }

  return {
    version: () => {
      watching ??= new DatabaseSync(file, { readOnly: true });
      // Changes of the directory are in the change log, and triggers count those of the observed state.
      watch ??= watching.prepare(`select coalesce((select max(position) from changes), 0) || '.' ||
        (select version from feed_version) as version`);
      return Promise.resolve(String(watch.get()?.['version']));
    },

    copy: async ({ previous, keepUntil, ...request }) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const part = join(folder, `${request.id}${UNFINISHED}`);
      closeSync(openSync(part, 'w', 0o600));
      const compared = previous !== undefined && existsSync(pathOf(previous));
      try {
        const { header, same } = await inThread({
          database: pathToFileURL(file).href,
          previous: compared ? pathToFileURL(pathOf(previous)).href : null,
          copy: part,
          statements: [
            ...copyStatements(engine, request.workspace, own, sql`create table`),
            sql`create table main.feed_header as ${headerSql(engine, request, own)}`.compile(engine.db),
          ],
          header: sql`select * from main.feed_header`.compile(engine.db),
          comparison: comparison(engine, own, previously),
        });
        if (same) return undefined;
        keepFile(part, keepUntil);
        renameSync(part, pathOf(request.id));
        return toHeader(header);
      } finally {
        rmSync(part, { force: true });
      }
    },

    list: (workspace) => {
      const ids = filesIn(folder, FINISHED);
      const kept = ids.flatMap((id) => {
        const header = copyOf(id)?.header;
        return header?.workspace === workspace
          ? [{ ...header, keepUntil: statSync(pathOf(id)).mtimeMs }]
          : [];
      });
      return Promise.resolve(kept);
    },

    keep: (id, until) => {
      const path = pathOf(id);
      if (existsSync(path)) keepFile(path, Math.max(until, statSync(path).mtimeMs));
      return Promise.resolve();
    },

    read: (id, query) => {
      const { sql: text, parameters } = query(own);
      const rows: unknown = copyOf(id)
        ?.prepare(text)
        .all(...(parameters as SQLInputValue[]));
      return Promise.resolve(rows as readonly Values[] | undefined);
    },

    drop: (ids, now) => {
      for (const id of ids) {
        rmSync(pathOf(id), { force: true });
        copyOf(id);
      }
      for (const id of filesIn(folder, OUTDATED)) rmSync(join(folder, `${id}${OUTDATED}`), { force: true });
      for (const id of filesIn(folder, UNFINISHED)) {
        const path = join(folder, `${id}${UNFINISHED}`);
        if (now - statSync(path).mtimeMs > UNFINISHED_MS) rmSync(path, { force: true });
      }
      return Promise.resolve();
    },

    close: () => {
      for (const copy of copies.values()) copy.close();
      copies.clear();
      watching?.close();
    },
  };
}

function openCopy(path: string): OpenCopy {
  const connection = new DatabaseSync(path, { readOnly: true });
  const statements = new Map<string, StatementSync>();
  const prepare = (text: string) => {
    const statement = statements.get(text) ?? connection.prepare(text);
    statement.setReturnArrays(true);
    statements.set(text, statement);
    return statement;
  };
  return {
    header: toHeader(connection.prepare('select * from feed_header').get() ?? {}),
    prepare,
    close: () => {
      connection.close();
    },
  };
}

function filesIn(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.map((name) => name.slice(0, -ending.length));
}

function keepFile(path: string, until: number): void {
  utimesSync(path, until / 1_000, until / 1_000);
}

/** One thread for each copy, so that its memory is freed. */
function inThread({ statements, header, comparison: compared, ...task }: CopyTask): Promise<CopyAnswer> {
  const plain = ({ sql: text, parameters }: CopyTask['header']) => ({ sql: text, parameters });
  const workerData = {
    ...task,
    statements: statements.map(plain),
    header: plain(header),
    comparison: plain(compared),
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile('feed-copy-worker', import.meta.url), { workerData });
    // The thread does real work, so the machine's own clock measures it.
    const limit = timeLimit(systemClock, COPY_MS);
    limit.signal.addEventListener('abort', () => void worker.terminate());
    worker.once('message', resolve);
    worker.once('error', (error: unknown) => {
      const failure = sqliteFailure(error);
      reject(failure instanceof Error ? failure : new Error('The thread that copies the state failed.'));
    });
    worker.once('exit', () => {
      limit.end();
      reject(new Error('The thread that copies the state ended before it was done.'));
    });
  });
}
