/** What an encoder is: a form in which a whole snapshot is written, piece by piece. */
import type { Clock } from '../clock.ts';
import type { FeedSnapshot } from './feed-snapshot.ts';

export interface FeedFormat {
  /** What `--format` and the address of an export call it. */
  readonly name: string;
  /** Of the file's name. */
  readonly ending: string;
  readonly mediaType: string;
  /** Whether it is packed already: then it is not packed again on its way. */
  readonly packed?: boolean;
  /** What to tell whoever has a file of that many bytes, if anything. */
  readonly advice?: (bytes: number) => string | null;
  /** Holds no more than a batch of the snapshot at a time, where the form allows that. */
  readonly encode: (snapshot: FeedSnapshot) => AsyncIterable<Uint8Array | string>;
  /** Makes a file by itself, whole or not at all, where something of an earlier one goes into it. */
  readonly toFile?: (snapshot: FeedSnapshot, path: string, options: ToFile) => Promise<unknown>;
}

export interface ToFile {
  /** The file that was written before; undefined: the one at the same path, where there is one. */
  readonly previous: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
}
