/**
 * Copies the newest finished sync of the previous file, so that a reader can see what has changed. Older and unfinished syncs
 * are not copied.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { columnsOf, DATA_TABLES, SYNC_RUNS, timeOf } from './c1z-tables.ts';
import { notContinued } from './container.ts';

/** Rows read before other work gets a turn: a few milliseconds. */
const ROWS_AT_ONCE = 1_000;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = [11, 26];

export interface PreviousSync {
  readonly syncId: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * @param database the path of the previous file's unpacked database
 * @param file the previous file, for messages
 * @returns null if it has no finished sync
 * @throws BridgeError conflict if this program did not write the file
 */
export async function keepPreviousSync(
  connection: DatabaseSync,
  database: string,
  file: string,
  signal: AbortSignal,
): Promise<PreviousSync | null> {
  try {
    connection.prepare('attach database ? as previous').run(database);
    connection.exec('begin');
    assertKnownTables(connection, file);
    const newest = newestFinished(connection, file);
    if (newest !== null) {
      for (const table of [...DATA_TABLES, SYNC_RUNS] as const) {
        await copy(connection, table, newest.syncId, signal);
      }
    }
    connection.exec('commit');
    connection.exec('detach database previous');
    return newest;
  } catch (error) {
    const isDamaged =
      error instanceof Error && 'errcode' in error && DAMAGED.includes(Number(error.errcode) & 0xff);
    throw isDamaged ? notContinued(file, 'contains a damaged database', error) : error;
  }
}

/** Unknown columns may contain something that the rows need. */
function assertKnownTables(connection: DatabaseSync, file: string): void {
  for (const table of [...DATA_TABLES, SYNC_RUNS] as const) {
    const found = connection
      .prepare(
        "select c.name from previous.sqlite_schema s, pragma_table_info(s.name, 'previous') c " +
          "where s.type = 'table' and s.name = ?",
      )
      .all(table)
      .map(({ name }) => String(name));
    const expected = ['id', ...columnsOf(table)];
    if (found.toSorted().join() !== expected.toSorted().join()) {
      throw notContinued(file, `was written by another program (its table ${table} has other columns)`);
    }
  }
}

function newestFinished(connection: DatabaseSync, file: string): PreviousSync | null {
  const run = connection
    .prepare(
      'select sync_id, ended_at from previous.v1_sync_runs where ended_at is not null ' +
        'order by ended_at desc, sync_id desc limit 1',
    )
    .get();
  if (run === undefined) return null;
  const endedAt = timeOf(String(run['ended_at']));
  if (endedAt === null) throw notContinued(file, 'has a sync whose time cannot be read');
  return { syncId: String(run['sync_id']), endedAt };
}

async function copy(
  connection: DatabaseSync,
  table: (typeof DATA_TABLES)[number] | typeof SYNC_RUNS,
  syncId: string,
  signal: AbortSignal,
): Promise<void> {
  const columns = columnsOf(table).join(', ');
  const upTo = connection.prepare(
    `select max(id) as last from (select id from previous.${table} where id > ? order by id limit ${ROWS_AT_ONCE})`,
  );
  const rows = connection.prepare(
    `insert into main.${table} (${columns}) select ${columns} from previous.${table} ` +
      'where id > ? and id <= ? and sync_id = ? order by id',
  );
  for (let after = 0; ;) {
    const last = upTo.get(after)?.['last'];
    if (typeof last !== 'number') return;
    rows.run(after, last, syncId);
    after = last;
    await turn();
    signal.throwIfAborted();
  }
}
