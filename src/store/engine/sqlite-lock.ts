/**
 * Lets one bridge at a time work with an SQLite file: a second SQLite file next to it, locked for as long as the process
 * lives. The lock is the operating system's, so whatever ends the process ends it; commands do not ask for it.
 */
import { realpathSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BridgeError } from '../../errors.ts';
import { prepareFile } from './sqlite-file.ts';

/** For a bridge that is just ending. */
const WAIT_MS = 1_000;
const BUSY = 5;

export interface FileLock {
  release(): void;
}

/** @param path of the database @throws BridgeError conflict while another bridge has it, unavailable */
export function lockFile(path: string): FileLock {
  // Whatever symbolic link leads to the database, the lock is next to the file itself. A file with several hard links is
  // refused when it is opened (sqlite-file.ts).
  const lockPath = `${realpathSync(path)}-lock`;
  prepareFile(lockPath);
  const lock = new DatabaseSync(lockPath, { timeout: WAIT_MS });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (((error as { errcode?: number }).errcode ?? 0) !== BUSY) {
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new BridgeError('unavailable', `The file ${lockPath} cannot be locked: ${reason}.`, {
        cause: error,
      });
    }
    throw new BridgeError(
      'conflict',
      `Another bridge works with the database ${path} already. Stop it first; several bridges at once need PostgreSQL.`,
    );
  }
  return {
    release: () => {
      lock.close();
    },
  };
}
