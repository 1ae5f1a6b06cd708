/**
 * The port to the stored audit log: the hash of each entry of the change log. What was hashed stays in the change log, from
 * which nothing is ever deleted. Each write is atomic, and durable when it resolves.
 */
import type { SignedCheckpoint } from './checkpoint.ts';
import type { AuditEntry, StoredChange } from './entry.ts';

/** The end of a chain. */
export type AuditHead = Pick<AuditEntry, 'seq' | 'position' | 'hash'>;

/** An entry as it is stored: its hash was computed when it was chained, from the change as it was then. */
export type StoredEntry = StoredChange & Pick<AuditEntry, 'seq' | 'hash'>;

export interface AuditStore {
  /** The last entry; undefined: there is none. */
  head(workspace: string): Promise<AuditHead | undefined>;
  /** Entries of the change log after a position, in order. Later entries always have a higher position. */
  changesToChain(workspace: string, position: number, limit: number): Promise<readonly StoredChange[]>;
  /**
   * Adds entries to the end of the chain, and a checkpoint if there is one.
   * @returns false, and changes nothing, when the chain does not end right before the first of them
   */
  append(
    workspace: string,
    entries: readonly AuditEntry[],
    checkpoint: SignedCheckpoint | undefined,
  ): Promise<boolean>;
  lastCheckpoint(workspace: string): Promise<SignedCheckpoint | undefined>;
  /** How many entries of the change log are not chained yet. */
  unchained(workspace: string, position: number): Promise<number>;
  /** Entries from `first` to `last`, in order, at most `limit`. */
  entries(workspace: string, first: number, last: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Checkpoints of entries from `first` to `last`, in order. */
  checkpoints(workspace: string, first: number, last: number): Promise<readonly SignedCheckpoint[]>;
  /** The `seq` of the first entry at or after an instant; undefined: there is none. */
  firstSince(workspace: string, at: number): Promise<number | undefined>;
  /** The hash of an entry; undefined: there is none. */
  hashAt(workspace: string, seq: number): Promise<string | undefined>;
}
