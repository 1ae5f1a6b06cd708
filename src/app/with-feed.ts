/** The feed for commands that make files of it, or compare them. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { diffExports, type ExportDiff } from '../feed/files/diff-exports.ts';
import { createFeedFiles, type FeedFiles } from '../feed/files/feed-files.ts';
import { readExport } from '../feed/files/read-export.ts';
import { openStore } from '../store/open-store.ts';

/**
 * Opens the feed of the database's workspace for a command, and closes it afterwards.
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable, not_found
 */
export async function withFeed<T>(
  config: Config,
  clock: Clock,
  work: (files: FeedFiles) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    await store.migrate();
    const [connection] = await store.access.connections();
    if (connection === undefined)
      throw new BridgeError('not_found', 'The database knows no workspace yet: run serve first.');
    return await work(createFeedFiles(store.feed, connection.workspace, clock));
  } finally {
    await store.close();
  }
}

/** What two exports of the feed differ in. @throws BridgeError invalid_value, payload_too_large */
export async function compareExports(before: string, after: string): Promise<ExportDiff> {
  return diffExports(await readExport(before), await readExport(after));
}
