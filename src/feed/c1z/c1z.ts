/**
 * The c1z format. A download is always the same file for the same snapshot: the id of the sync is derived from the
 * snapshot's id, and its end is the time of the snapshot. A download has one sync. A file on disk also keeps the sync of
 * the previous file (write-c1z.ts).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import { snapshotSource } from './snapshot-source.ts';
import { writeC1z } from './write-c1z.ts';

async function* encode(snapshot: FeedSnapshot): AsyncGenerator<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'mode-feed-'));
  try {
    const file = join(folder, 'sync.c1z');
    const digest = createHash('sha256').update(`${snapshot.workspace}\n${snapshot.id}`).digest();
    await writeC1z(snapshotSource(snapshot), {
      file,
      clock: { now: () => snapshot.takenAt },
      random: (bytes) => digest.subarray(0, bytes),
    });
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const c1z: FeedFormat = {
  name: 'c1z',
  ending: 'c1z',
  mediaType: 'application/octet-stream',
  packed: true,
  encode,
  toFile: (snapshot, file, { previous, clock }) =>
    writeC1z(snapshotSource(snapshot), { file, clock, ...(previous === undefined ? {} : { previous }) }),
};
