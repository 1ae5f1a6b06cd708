/**
 * Makes a copy on an SQLite connection of its own, in a thread of its own: the bridge goes on serving meanwhile. The
 * database is only read; what is written is the copy.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

interface PlainQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface CopyTask {
  /** URLs of files. */
  readonly database: string;
  readonly previous: string | null;
  /** The path of the file to be made. */
  readonly copy: string;
  readonly statements: readonly PlainQuery[];
  /** Asked in the same transaction. */
  readonly header: PlainQuery;
  readonly comparison: PlainQuery;
}

export interface CopyAnswer {
  readonly header: Readonly<Record<string, unknown>>;
  readonly same: boolean;
}

const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIBIBYTES = 4_096;

function makeCopy({ database, previous, copy, statements, header, comparison }: CopyTask): CopyAnswer {
  const connection = new DatabaseSync(copy, { timeout: BUSY_TIMEOUT_MS });
  const run = ({ sql, parameters }: PlainQuery) =>
    connection.prepare(sql).all(...(parameters as SQLInputValue[]));
  try {
    // A copy that is not finished is thrown away: nothing about it needs to be safe.
    connection.exec('pragma journal_mode = off; pragma synchronous = off');
    connection.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
    connection.prepare('attach ? as source').run(`${database}?mode=ro`);
    if (previous !== null) connection.prepare('attach ? as previous').run(`${previous}?mode=ro`);
    connection.exec('begin');
    for (const statement of statements) run(statement);
    const [row = {}] = run(header);
    const same = previous !== null && run(comparison).every((answer) => answer['differs'] === 0);
    connection.exec('commit');
    return { header: { ...row }, same };
  } finally {
    connection.close();
  }
}

parentPort?.postMessage(makeCopy(workerData as CopyTask));
