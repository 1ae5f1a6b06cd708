/**
 * Folders of one run of tests. A run that is killed leaves gigabytes in memory; the next one removes them. A PostgreSQL that
 * still runs in such a folder ends by itself within a minute: it looks for its lock file.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Containers may share the folder in memory, and not their process ids. */
const HOST = hostname().replaceAll(/[^\w.]/g, '_');

/**
 * Makes a folder that belongs to this process, and removes those of the same name whose process is gone.
 * @returns its path
 */
export async function runFolder(parent: string, name: string): Promise<string> {
  const prefix = `${name}-${HOST}-`;
  for (const folder of await readdir(parent)) {
    const owner = folder.startsWith(prefix)
      ? /^(\d+)-\w+$/.exec(folder.slice(prefix.length))?.[1]
      : undefined;
    if (owner === undefined || isAlive(Number(owner))) continue;
    // What a PostgreSQL still writes there meanwhile is removed by the run after this one.
    await rm(join(parent, folder), { recursive: true, force: true }).catch(() => undefined);
  }
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of somebody else may not be asked, and lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
