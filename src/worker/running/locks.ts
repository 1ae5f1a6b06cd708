/** Locks by name. Work with the same key runs one at a time, in order of arrival. */
export interface Locks {
  /** Runs `work` while no other work holds any of the keys. A holder must not request more keys of the same kind. */
  hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  /** The last in each queue; deleted when the queue is empty. */
  const lines = new Map<string, Promise<void>>();

  async function holdOne<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = lines.get(key);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    lines.set(key, promise);
    await before;
    try {
      return await work();
    } finally {
      if (lines.get(key) === promise) lines.delete(key);
      resolve(undefined);
    }
  }

  function holdAll<T>([key, ...others]: readonly string[], work: () => Promise<T>): Promise<T> {
    return key === undefined ? work() : holdOne(key, () => holdAll(others, work));
  }

  // Sorted, so that two requests for the same keys cannot deadlock.
  return { hold: (keys, work) => holdAll([...keys].sort(), work) };
}
