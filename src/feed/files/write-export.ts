/** Writes a snapshot to a file, which is there whole or not at all. */
import { BridgeError } from '../../errors.ts';
import { systemProblem } from '../../system-error.ts';
import { assertWritable, writeWhole } from '../../whole-file.ts';
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

async function write(
  snapshot: FeedSnapshot,
  { format, path, previous, clock, onProgress = () => undefined }: WriteExport,
): Promise<void> {
  const counted = counting(snapshot, onProgress);
  if (format.toFile !== undefined) {
    await format.toFile(counted, path, { previous, clock });
    return;
  }
  await writeWhole(path, format.encode(counted));
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
