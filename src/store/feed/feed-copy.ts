/** Storage for copies of the state: files next to an SQLite database, or tables on PostgreSQL. */
import type { CompiledQuery } from 'kysely';
import type { CopyHeader, FeedCopy } from './feed-copy-sql.ts';

export type Row = Readonly<Record<string, unknown>>;
/** In the order of the requested columns. */
export type Values = readonly unknown[];

export interface CopyRequest extends Pick<CopyHeader, 'id' | 'workspace' | 'takenAt'> {
  readonly keepUntil: number;
  /** One to compare with. */
  readonly previous: string | undefined;
}

export interface KeptCopy extends CopyHeader {
  /** Milliseconds since the epoch. */
  readonly keepUntil: number;
}

export interface CopyPlace {
  /** Changes with every commit that affects the feed. The same text means that there was no such commit. */
  version(): Promise<string>;
  /**
   * Copies one consistent state without blocking writers or the event loop. @returns undefined when it equals the
   * previous copy, and is not kept
   */
  copy(request: CopyRequest): Promise<CopyHeader | undefined>;
  list(workspace: string): Promise<readonly KeptCopy[]>;
  keep(id: string, until: number): Promise<void>;
  /** @returns rows as lists of values, which cost half as much as objects; undefined when the copy is gone */
  read(id: string, query: (copy: FeedCopy) => CompiledQuery): Promise<readonly Values[] | undefined>;
  /**
   * Deletes copies, and unfinished ones of dead processes. A reader of a deleted copy gets an error at the next read.
   */
  drop(ids: readonly string[], now: number): Promise<void>;
  close(): void;
}
