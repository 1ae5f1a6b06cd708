/**
 * Keeps exports in a folder, for tools that fetch files. Each file name has the time of the state, a fixed name has the
 * newest export, and old exports are deleted.
 */
import { access, constants, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeError } from '../../errors.ts';
import { systemProblem } from '../../system-error.ts';
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { writeExport, type WriteExport } from './write-export.ts';

export interface KeepExport extends Omit<WriteExport, 'path' | 'previous'> {
  readonly folder: string;
  /** How many exports to keep, including the new one. */
  readonly keep: number;
}

/** @returns the path of the new export @throws BridgeError invalid_value for a folder that cannot be used, unavailable */
export async function keepExport(
  snapshot: FeedSnapshot,
  { folder, keep, format, ...rest }: KeepExport,
): Promise<string> {
  await makeFolder(folder);
  const instant = new Date(snapshot.takenAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = join(folder, `mode-${instant}.${format.ending}`);
  const newest = (await exportsIn(folder, format)).at(-1);
  const previous = newest === undefined ? undefined : join(folder, newest);
  await writeExport(snapshot, { format, path, previous, ...rest });
  const fresh = join(folder, `.newest.${process.pid}`);
  await rm(fresh, { force: true });
  await link(path, fresh);
  await rename(fresh, join(folder, `mode.${format.ending}`));
  const older = await exportsIn(folder, format);
  for (const name of older.slice(0, Math.max(0, older.length - keep)))
    await rm(join(folder, name), { force: true });
  return path;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    throw new BridgeError(
      problem.correctable ? 'invalid_value' : 'unavailable',
      `The folder ${folder} cannot be used for exports. ${problem.message}`,
      { cause: error },
    );
  }
}

/** @returns file names in order of time, the newest last */
async function exportsIn(folder: string, { ending }: FeedFormat): Promise<readonly string[]> {
  const dated = new RegExp(`^mode-\\d{8}T\\d{6}Z\\.${ending.replaceAll('.', '\\.')}$`);
  return (await readdir(folder)).filter((name) => dated.test(name)).sort();
}
