/** Large reads in pieces by key, with a turn of the event loop between them, so that they do not block other work. */
import { setImmediate } from 'node:timers/promises';

/** Rows in one piece. A piece takes about ten milliseconds on SQLite. */
export const PIECE = 2_000;

/** @param read returns the rows after a key, in the order of keys */
export async function eachPiece<Row>(
  read: (after: string) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
  take: (rows: readonly Row[]) => void,
): Promise<void> {
  for (let after = ''; ;) {
    const rows = await read(after);
    take(rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PIECE) return;
    after = keyOf(last);
    await setImmediate();
  }
}
