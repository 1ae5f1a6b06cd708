/** Lets questions that arrive together share one read, when each needs a read that begins after it was asked. */

/**
 * @returns reads again. Callers that wait while a read is under way share the one that follows it, because a read that
 * began before a question cannot answer it with an absence.
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
