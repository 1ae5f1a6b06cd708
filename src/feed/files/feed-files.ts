/** The feed as files, for the commands `feed export` and `feed serve`. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { FeedFormat } from '../feed-format.ts';
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { FeedStore } from '../feed-store.ts';
import { feedFormat } from '../formats.ts';
import type { FeedKind } from '../model.ts';
import { keepExport } from './keep-exports.ts';
import { assertWritable } from '../../whole-file.ts';
import { writeExport, type OnProgress } from './write-export.ts';

export interface MadeFile {
  readonly path: string;
  readonly counts: Readonly<Record<FeedKind, number>>;
  /** A hint for the user about a file of this size; null: none. */
  readonly advice: string | null;
}

/** Called with the number of items before writing starts. @returns a function that is called with the number written */
export type Watch = (items: number) => OnProgress;

export interface FeedFiles {
  /** Writes the current state. @throws BridgeError unknown_format, invalid_value, unavailable */
  export(format: string, path: string, watch: Watch): Promise<MadeFile>;
  /**
   * Writes the current state into a folder that keeps the newest `keep` exports.
   * @returns undefined if nothing has changed since the last export of this process
   */
  keep(format: string, folder: string, keep: number, watch: Watch): Promise<MadeFile | undefined>;
}

async function made(format: FeedFormat, path: string, { counts }: FeedSnapshot): Promise<MadeFile> {
  const { size } = await stat(path);
  return { path, counts, advice: format.advice?.(size) ?? null };
}

export function createFeedFiles(store: FeedStore, workspace: string, clock: Clock): FeedFiles {
  let last: string | undefined;

  const total = (counts: MadeFile['counts']) => Object.values(counts).reduce((sum, items) => sum + items, 0);

  return {
    export: async (format, path, watch) => {
      const form = feedFormat(format);
      await assertWritable(path);
      const snapshot = await store.takeSnapshot(workspace, clock);
      const onProgress = watch(total(snapshot.counts));
      await writeExport(snapshot, { format: form, path, previous: undefined, clock, onProgress });
      return made(form, path, snapshot);
    },
    keep: async (format, folder, keep, watch) => {
      const form = feedFormat(format);
      const snapshot = await store.takeSnapshot(workspace, clock);
      if (snapshot.id === last) return undefined;
      const onProgress = watch(total(snapshot.counts));
      const path = await keepExport(snapshot, { format: form, folder, keep, clock, onProgress });
      last = snapshot.id;
      return made(form, path, snapshot);
    },
  };
}
