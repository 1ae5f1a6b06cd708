/** What an encoder is: a form in which a whole snapshot is written, piece by piece. */
import type { FeedSnapshot } from './feed-snapshot.ts';

export interface FeedFormat {
  /** What `--format` takes, and the file's ending. */
  readonly name: string;
  readonly mediaType: string;
  /** Holds no more than a batch of the snapshot at a time. */
  readonly encode: (snapshot: FeedSnapshot) => AsyncIterable<Uint8Array | string>;
}
