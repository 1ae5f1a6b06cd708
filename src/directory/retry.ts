/** Lost races are won by reading again: a write that met another one is worked out anew from what is there now. */
import { BridgeError } from '../errors.ts';
import type { CommitResult, DirectoryStore, DirectoryWrite, Touched } from './directory-store.ts';

const MAX_ATTEMPTS = 40;

/** What one attempt came to: the result for the caller, and the write that makes it true (none: nothing changes). */
export interface Attempt<T> {
  readonly result: T;
  readonly write?: DirectoryWrite | undefined;
  /** What to tell when the write meets a name that is taken. */
  readonly taken?: string;
  /** Learns the version of each group that the write touched. */
  readonly touched?: Touched;
}

/**
 * Runs `attempt` until its write is committed. At most 40 times, which is more than the writes that can be under
 * way at one resource in any sane use.
 * @throws BridgeError uniqueness when a name is taken; unavailable when every race was lost.
 */
export async function commitWithRetry<T>(
  store: Pick<DirectoryStore, 'commit'>,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let count = 0; count < MAX_ATTEMPTS; count += 1) {
    const { result, write, taken = 'The name is taken.', touched } = await attempt();
    const outcome: CommitResult = write === undefined ? 'committed' : await store.commit(write, touched);
    if (outcome === 'committed') return result;
    if (outcome === 'duplicate') throw new BridgeError('uniqueness', taken);
  }
  throw new BridgeError('unavailable', 'Too many writes at the same resource at once: try again.');
}
