/** The file of an SQLite database: made for its owner only when it is not there, and never touched when it is something else. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BridgeError } from '../../errors.ts';

/** The setting that has the path: its name in the environment, and its key in a configuration file. */
export const DATABASE_SETTING = 'BRIDGE_DATABASE_URL (in a configuration file: server.database)';
/** The beginning of every SQLite database that is not empty (sqlite.org/fileformat.html, section 1.3). */
const MAGIC = 'SQLite format 3\0';
const OWNER_ONLY = 0o600;
const UNCHANGED = 'It was not changed. Name an SQLite database, or a file that does not exist yet.';

/** @throws BridgeError invalid_config for a file that is not an SQLite database, or that has several names */
export function prepareFile(path: string): void {
  if (existsSync(path)) {
    const refusal = whyNotDatabase(path);
    if (refusal === undefined) return;
    throw new BridgeError('invalid_config', `${DATABASE_SETTING} names ${path}, which ${refusal}`);
  }
  mkdirSync(dirname(path), { recursive: true });
  // Made before SQLite opens it, so that nobody else can read it even for a moment; its log gets the same mode.
  closeSync(openSync(path, 'a', OWNER_ONLY));
}

function whyNotDatabase(path: string): string | undefined {
  const stats = statSync(path);
  if (!stats.isFile()) return `is not a file. ${UNCHANGED}`;
  // SQLite names its log after the path. Two names of one file have two logs, and each damages what the other wrote.
  if (stats.nlink > 1) {
    return `has ${stats.nlink} names (hard links). SQLite damages a database that is opened under two names, so it is not opened. Delete the other names first: "find -samefile" lists them.`;
  }
  if (stats.size === 0) return undefined;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(file, head, 0, head.length, 0);
    return head.toString('latin1') === MAGIC ? undefined : `is not an SQLite database. ${UNCHANGED}`;
  } finally {
    closeSync(file);
  }
}
