/** An export format: writes a whole snapshot piece by piece. */
import type { Clock } from '../clock.ts';
import type { FeedSnapshot } from './feed-snapshot.ts';

export interface FeedFormat {
  /** The name in `--format` and in the URL of an export. */
  readonly name: string;
  /** The extension of the file name. */
  readonly ending: string;
  readonly mediaType: string;
  /** Whether the format is already compressed; then the response is not compressed again. */
  readonly packed?: boolean;
  /** A hint for the user about a file of this size; null: none. */
  readonly advice?: (bytes: number) => string | null;
  /** Holds at most one batch of the snapshot in memory, where the format allows it. */
  readonly encode: (snapshot: FeedSnapshot) => AsyncIterable<Uint8Array | string>;
  /** For formats whose file includes content of the previous file. Writes the whole file, or none. */
  readonly toFile?: (snapshot: FeedSnapshot, path: string, options: ToFile) => Promise<unknown>;
}

export interface ToFile {
  /** The previous file; undefined: the file at the same path, if there is one. */
  readonly previous: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
}
