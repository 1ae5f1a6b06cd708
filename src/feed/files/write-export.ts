/**
 * Writes a snapshot to a file. The file is never incomplete under its name: it is written under another name, synced to
 * disk, and renamed. Only its owner can read it, because it contains personal data.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BridgeError } from '../../errors.ts';
import { systemProblem } from '../../system-error.ts';
import type { FeedFormat, ToFile } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { FeedKind } from '../model.ts';

/** Called after each batch with the number of items read so far. */
export type OnProgress = (items: number) => void;

export interface WriteExport extends ToFile {
  readonly format: FeedFormat;
  readonly path: string;
  readonly onProgress?: OnProgress;
}

/** @throws BridgeError invalid_value for a path that cannot be written, unavailable when the disk fails */
export async function writeExport(snapshot: FeedSnapshot, options: WriteExport): Promise<void> {
  await assertWritable(options.path);
  try {
    await write(snapshot, options);
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    throw new BridgeError(
      problem.correctable ? 'invalid_value' : 'unavailable',
      `The export could not be written to ${options.path}. ${problem.message}`,
      { cause: error },
    );
  }
}

/**
 * Checks the path before the snapshot is read. A rename would replace a device such as /dev/null with the file.
 * @throws BridgeError invalid_value
 */
export async function assertWritable(path: string): Promise<void> {
  const [found, folder] = await Promise.all([kindOf(path), kindOf(dirname(path))]);
  if (folder !== 'folder')
    throw new BridgeError('invalid_value', `The folder ${dirname(path)} does not exist. Create it first.`);
  if (found === 'folder') throw new BridgeError('invalid_value', `${path} is a folder. Name a file.`);
  if (found === 'other')
    throw new BridgeError('invalid_value', `${path} is a device or a pipe. Name a file.`);
}

/** @returns undefined if there is nothing, or it cannot be inspected */
async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : 'other';
}

async function write(
  snapshot: FeedSnapshot,
  { format, path, previous, clock, onProgress = () => undefined }: WriteExport,
): Promise<void> {
  const counted = counting(snapshot, onProgress);
  if (format.toFile !== undefined) {
    await format.toFile(counted, path, { previous, clock });
    return;
  }
  const part = `${path}.${process.pid}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    for await (const piece of format.encode(counted)) await file.write(asBytes(piece));
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

function asBytes(piece: Uint8Array | string): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** Counts the items that are read. A kind that a format reads twice counts once. */
function counting(snapshot: FeedSnapshot, onProgress: OnProgress): FeedSnapshot {
  const read = new Map<FeedKind, number>();
  const all: FeedSnapshot['all'] = async function* (kind) {
    let items = 0;
    for await (const batch of snapshot.all(kind)) {
      yield batch;
      items += batch.length;
      read.set(kind, Math.max(items, read.get(kind) ?? 0));
      onProgress([...read.values()].reduce((sum, number) => sum + number, 0));
    }
  };
  return { ...snapshot, all };
}
