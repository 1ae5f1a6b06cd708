/** Lets one at a time do what is named the same; in the order in which they came. */
export interface Locks {
  /** Runs `work` while nobody else holds any of the keys. A holder never asks for more keys of the same kind. */
  hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  /** The last in each line; gone when nobody waits. */
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

  // In one order, so that two who want the same keys cannot wait for each other.
  return { hold: (keys, work) => holdAll([...keys].sort(), work) };
}
