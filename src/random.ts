/** Randomness, passed in as a value like the clock, so that tests decide it and two bridges in one process share nothing. */
import { randomBytes, randomUUIDv7 } from 'node:crypto';

export interface Random {
  /** From 0 to 1, for jitter. */
  fraction(): number;
  /** Bytes that nobody can guess. */
  bytes(count: number): Uint8Array;
  /**
   * A new id: unique, not to be guessed, and rising with time (UUID version 7, RFC 9562), so that new rows lie next to each
   * other on disk.
   */
  id(): string;
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  bytes: (count) => randomBytes(count),
  id: () => randomUUIDv7(),
};
