/** Runs reads of a target, a few at once: faster than one after another, without delaying other calls much. */
import pMap from 'p-map';

const PARALLEL_READS = 4;

/**
 * @param signal when aborted, no more reads begin
 * @throws the error of the first read that fails; after it no more reads begin
 */
export async function readInParallel<T>(
  items: readonly T[],
  read: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  await pMap(items, async (item) => (signal?.aborted === true ? undefined : read(item)), {
    concurrency: PARALLEL_READS,
  });
}
