/** Distinguishes an SQLite that cannot be read or written now from a statement that is wrong. */
import { BridgeError } from '../../errors.ts';

/** Primary result codes (sqlite.org/rescode.html) that say something about the file or the disk, and in what words. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'another program has locked it for too long',
  8: 'it can only be read',
  10: 'reading or writing it failed',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'it is not a database any more',
};

/** @returns what to throw: BridgeError unavailable when the file or the disk is the trouble, else the error itself */
export function sqliteFailure(error: unknown): unknown {
  const code = (error as { errcode?: number } | undefined)?.errcode;
  const reason = code === undefined ? undefined : REASONS[code & 0xff];
  if (reason === undefined) return error;
  return new BridgeError('unavailable', `The database file does not serve now: ${reason}.`, { cause: error });
}

/** @throws BridgeError unavailable when the file or the disk is the trouble; else what the work throws */
export function served<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error);
  }
}
