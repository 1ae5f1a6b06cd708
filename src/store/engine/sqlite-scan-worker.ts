/**
 * Runs searches that have no index on an SQLite connection of its own, in a thread of its own: the bridge goes on
 * serving meanwhile. The connection can only read.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { defineFunctions } from './sqlite-functions.ts';
import { statementCache } from './sqlite-statements.ts';

export interface ScanRequest {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** `late`: the search ran for too long and was stopped. */
export type ScanAnswer =
  | { readonly rows: readonly Record<string, unknown>[] }
  | { readonly late: true }
  | { readonly error: string };

export interface ScanSettings {
  /** The path of the database. */
  readonly file: string;
  readonly limitMs: number;
}

const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIBIBYTES = 16_384;

class Late extends Error {}

const { file, limitMs } = workerData as ScanSettings;
const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`);
let deadline = 0;
defineFunctions(database, () => {
  if (systemClock.monotonic() >= deadline) throw new Late();
});
const prepare = statementCache(database);

function answerTo({ sql, parameters }: ScanRequest): ScanAnswer {
  deadline = systemClock.monotonic() + limitMs;
  try {
    return { rows: prepare(sql).all(...(parameters as SQLInputValue[])) };
  } catch (error) {
    if (error instanceof Late) return { late: true };
    return { error: error instanceof Error ? error.message : 'unknown' };
  }
}

parentPort?.on('message', (request: ScanRequest) => {
  parentPort?.postMessage(answerTo(request));
});
