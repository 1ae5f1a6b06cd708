/** Lets callers share one read, when each needs a read that starts after its call. */

/**
 * @returns a function that reads. Callers that arrive during a read share the next one: when a row is missing from a read
 * that started before the call, the row may have been added since.
 */
export function shareReads<T>(read: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;

  return () => {
    if (next !== undefined) return next;
    const started = current.then(() => {
      next = undefined;
      return read();
    });
    next = started;
    current = started.catch(() => undefined);
    return started;
  };
}
