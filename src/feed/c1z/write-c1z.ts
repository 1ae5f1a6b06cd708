/**
 * Writes a c1z file (version 1): the upload that ConductorOne reads without any mapping. The file appears whole or not
 * at all, and beside the new sync it holds the newest one of the file before, so that a reader can tell the difference.
 *
 * Memory follows the number of resources and entitlements, of which ids are remembered, not that of grants.
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
  /** The c1z file whose newest sync is kept; by default that of the same name, where there is one. */
  readonly previous?: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal?: AbortSignal;
  /** Sixteen of them make the id of a sync different from all others. */
  readonly random?: (bytes: number) => Uint8Array;
}

export interface C1zResult extends C1zCounts {
  readonly syncId: string;
  /** Null: the file holds one sync. */
  readonly previousSyncId: string | null;
  readonly databaseBytes: number;
  readonly fileBytes: number;
}

/**
 * @throws BridgeError conflict when the previous file is not a c1z file as this program writes it; it stays as it is.
 *   payload_too_large when readers would refuse the new one
 */
export async function writeC1z(source: C1zSource, options: C1zOptions): Promise<C1zResult> {
  const { file, clock, random = systemRandom.bytes, signal = new AbortController().signal } = options;
  const syncId = ksuid(source.takenAt, random(KSUID_RANDOM_BYTES));
  const beside = (what: string) => join(dirname(file), `.${basename(file)}.${syncId}.${what}`);
  const files = { made: beside('db'), packed: beside('c1z'), unpacked: beside('previous') };
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
      // Readers take the sync that ended last for the present one, whatever the clock has done since the last.
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
    // Whatever was stopped tells so in its own way; the caller gave the reason.
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

/** The new name is as durable as the file only when its directory is on disk too. Windows has no such call. */
async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
