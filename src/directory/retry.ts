/** Retries a write that lost a race: reads the current state again and computes the write from it. */
import { BridgeError } from '../errors.ts';
import type { CommitResult, DirectoryStore, DirectoryWrite, OnGroupTouched } from './directory-store.ts';

const MAX_ATTEMPTS = 40;

/** One attempt: the result for the caller, and the write that makes it true. Without a write nothing changes. */
export interface Attempt<T> {
  readonly result: T;
  readonly write?: DirectoryWrite | undefined;
  /** The error message for a name that is taken. */
  readonly taken?: string;
  /** Gets the new version of each group that the write touched. */
  readonly touched?: OnGroupTouched;
}

/**
 * Runs `attempt` until its write is committed, at most 40 times: more than the number of writes that are normally in
 * progress on one resource.
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
  throw new BridgeError('unavailable', 'Too many concurrent writes to this resource. Try again.');
}
