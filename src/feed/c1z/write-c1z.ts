/**
 * Writes a c1z file (version 1), which ConductorOne imports without a mapping. The file is never incomplete under its name.
 * In addition to the new sync, it has the newest sync of the previous file, so that a reader can compare them.
 *
 * Memory depends on the number of resources and entitlements, whose ids are kept, not on the number of grants.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { addSource, type C1zCounts } from './add-source.ts';
import { createC1zDatabase } from './c1z-database.ts';
import type { C1zSource } from './c1z-source.ts';
import { packC1z, unpackC1z } from './container.ts';
import { indexGrants } from './index-grants.ts';
import { ksuid, KSUID_RANDOM_BYTES } from './ksuid.ts';
import { keepPreviousSync, type PreviousSync } from './previous-sync.ts';
import { systemRandom } from '../../random.ts';

export interface C1zOptions {
  readonly file: string;
  /** The c1z file whose newest sync is kept. Default: the existing file of the same name. */
  readonly previous?: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal?: AbortSignal;
  /** Returns random bytes. Sixteen of them make the id of a sync unique. */
  readonly random?: (bytes: number) => Uint8Array;
}

export interface C1zResult extends C1zCounts {
  readonly syncId: string;
  /** Null: the file has one sync. */
  readonly previousSyncId: string | null;
  readonly databaseBytes: number;
  readonly fileBytes: number;
}

/**
 * @throws BridgeError conflict if this program did not write the previous file, which then stays unchanged;
 *   payload_too_large if readers would reject the new file
 */
export async function writeC1z(source: C1zSource, options: C1zOptions): Promise<C1zResult> {
  const { file, clock, random = systemRandom.bytes, signal = new AbortController().signal } = options;
  const syncId = ksuid(source.takenAt, random(KSUID_RANDOM_BYTES));
  const temporary = (what: string) => join(dirname(file), `.${basename(file)}.${syncId}.${what}`);
  const files = { made: temporary('db'), packed: temporary('c1z'), unpacked: temporary('previous') };
  try {
    const previousFile = await existing(options.previous ?? file);
    if (previousFile !== null) await unpackC1z(previousFile, files.unpacked, signal);
    const database = createC1zDatabase(files.made);
    try {
      let previous: PreviousSync | null = null;
      if (previousFile !== null) {
        previous = await keepPreviousSync(database.connection, files.unpacked, previousFile, signal);
        await rm(files.unpacked);
      }
      database.beginSync({ syncId, startedAt: source.takenAt });
      const counts = await addSource(source, database, signal);
      // Readers use the sync with the latest end, so the end must be later than the previous one even if the clock went back.
      database.endSync(Math.max(clock.now(), (previous?.endedAt ?? 0) + 1));
      database.close();
      await indexGrants(files.made, signal);
      const sizes = await packC1z(files.made, files.packed, signal);
      await rename(files.packed, file);
      await flushDirectory(dirname(file));
      return { ...counts, ...sizes, syncId, previousSyncId: previous?.syncId ?? null };
    } finally {
      database.discard();
    }
  } catch (error) {
    // Each step fails in its own way when it is stopped. The caller gets the reason of the signal instead.
    signal.throwIfAborted();
    throw error;
  } finally {
    await Promise.all(Object.values(files).map((each) => rm(each, { force: true })));
  }
}

async function existing(file: string): Promise<string | null> {
  try {
    await stat(file);
    return file;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Syncs the directory, so that the new name is as durable as the file. Windows has no such call. */
async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
