/** The functions of our own that SQL on SQLite uses. Every connection that runs such SQL needs them. */
import type { DatabaseSync } from 'node:sqlite';
import { foldText } from '../../directory/fold.ts';

/** @param checkTime is called for each row of a scan; it throws when the scan has run for too long */
export function defineFunctions(database: DatabaseSync, checkTime: () => void = () => undefined): void {
  database.function('bridge_fold', { deterministic: true }, (text) =>
    typeof text === 'string' ? foldText(text) : null,
  );
  // Not deterministic, so that SQLite calls it for each row and not once.
  database.function('bridge_in_time', (row) => {
    checkTime();
    return row === null ? 0 : 1;
  });
}
