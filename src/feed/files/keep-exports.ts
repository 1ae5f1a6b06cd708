/**
 * A folder of exports, for tools that fetch files: each under the time of its state, the newest under a name that stays,
 * and no more of them than are to be kept.
 */
import { link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { writeExport, type OnProgress } from './write-export.ts';

/** @param keep how many, the new one included @returns the path of the new one */
export async function keepExport(
  snapshot: FeedSnapshot,
  format: FeedFormat,
  folder: string,
  keep: number,
  onProgress?: OnProgress,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const instant = new Date(snapshot.takenAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = join(folder, `mode-${instant}.${format.ending}`);
  await writeExport(snapshot, format, path, onProgress);
  const fresh = join(folder, `.newest.${process.pid}`);
  await rm(fresh, { force: true });
  await link(path, fresh);
  await rename(fresh, join(folder, `mode.${format.ending}`));
  const dated = new RegExp(`^mode-\\d{8}T\\d{6}Z\\.${format.ending.replaceAll('.', '\\.')}$`);
  const older = (await readdir(folder)).filter((name) => dated.test(name)).sort();
  for (const name of older.slice(0, Math.max(0, older.length - keep)))
    await rm(join(folder, name), { force: true });
  return path;
}
