/** Where copies of the state are kept: files next to an SQLite database, tables of their own on PostgreSQL. */
import type { CompiledQuery } from 'kysely';
import type { CopyHeader, FeedCopy } from './feed-copy-sql.ts';

export type Row = Readonly<Record<string, unknown>>;
/** In the order of the columns that were asked for. */
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
  /** Another text after every commit that changes what the feed shows; the same text: there was none. */
  version(): Promise<string>;
  /**
   * Copies one consistent state, without holding up a writer or the event loop.
   * @returns undefined when it is the same as the previous one: then it is not kept
   */
  copy(request: CopyRequest): Promise<CopyHeader | undefined>;
  list(workspace: string): Promise<readonly KeptCopy[]>;
  keep(id: string, until: number): Promise<void>;
  /** @returns rows as lists of values, which cost half of what objects do; undefined when that copy is gone */
  read(id: string, query: (copy: FeedCopy) => CompiledQuery): Promise<readonly Values[] | undefined>;
  /** Deletes copies; a reader of one gets an error at the next read. Also deletes what a process that died left unfinished. */
  drop(ids: readonly string[], now: number): Promise<void>;
  close(): void;
}
