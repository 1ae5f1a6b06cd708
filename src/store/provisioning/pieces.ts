/** Large reads in pieces by key, with a turn of the event loop between them, so that they hold up nobody. */
import { setImmediate } from 'node:timers/promises';

/** Rows that are read at once: some ten milliseconds on SQLite. */
export const PIECE = 2_000;

/** @param read the rows after a key, in the order of keys */
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
