/**
 * Creates a copy on its own SQLite connection in its own thread, while the bridge continues to serve. It reads the
 * database and writes only the copy.
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
  /** The path of the new file. */
  readonly copy: string;
  readonly statements: readonly PlainQuery[];
  /** Read in the same transaction. */
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
    // An unfinished copy is thrown away, so it need not be durable.
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
