/** Two exports of the feed, compared: for a command that needs no database. */
import { diffExports, type ExportDiff } from '../feed/files/diff-exports.ts';
import { readExport } from '../feed/files/read-export.ts';

/** What differs between two exports of the feed. @throws BridgeError invalid_value, payload_too_large */
export async function compareExports(before: string, after: string): Promise<ExportDiff> {
  return diffExports(await readExport(before), await readExport(after));
}
