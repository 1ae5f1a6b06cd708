/**
 * The life of one bridge in a story. Every wait of the bridge goes through here: a killed one never goes on from where
 * it waits, as after `kill -9`; a paused one goes on later, as a process that was stopped.
 */
export interface Life {
  /** Waits through the life: whatever has been asked of the other side happens, its answer comes to the living only. */
  wait<T>(waiting: Promise<T>): Promise<T>;
  /**
   * The same object, whose functions are waited for through the life.
   * @param waits its functions may wait for time to pass: they are not counted as under way
   */
  bind<T extends object>(port: T, waits?: 'waits'): T;
  /** Resolves when no call of a bound object is under way. */
  calm(): Promise<void>;
  /** How many calls of bound objects are under way. */
  readonly underWay: number;
  readonly alive: boolean;
  readonly paused: boolean;
  kill(): void;
  /** Called when it dies, or at once when it is dead. */
  onDeath(told: () => void): void;
  /** Dies with the call after that many more, before or after it is carried out. */
  killAfter(calls: number, carriedOut: boolean): void;
  pause(): void;
  resume(): void;
}

export function createLife(): Life {
  let alive = true;
  let underWay = 0;
  let paused: PromiseWithResolvers<undefined> | undefined;
  let doom: { left: number; readonly carriedOut: boolean } | undefined;
  let whenCalm: (() => void)[] = [];
  const mourners: (() => void)[] = [];
  const never = new Promise<never>(() => undefined);

  function kill(): void {
    alive = false;
    underWay = 0;
    tellCalm();
    for (const told of mourners.splice(0)) told();
    paused?.resolve(undefined);
  }

  function tellCalm(): void {
    for (const told of whenCalm) told();
    whenCalm = [];
  }

  async function gate(): Promise<void> {
    while (paused !== undefined) await paused.promise;
    if (!alive) await never;
  }

  async function wait<T>(waiting: Promise<T>): Promise<T> {
    try {
      const value = await waiting;
      await gate();
      return value;
    } catch (error) {
      await gate();
      throw error;
    }
  }

  /** Every function of a bound port returns a promise. */
  function call(work: () => unknown, waits: boolean): unknown {
    if (!alive) return never;
    if (doom !== undefined && (doom.left -= 1) < 0) {
      if (doom.carriedOut) Promise.resolve(work()).catch(() => undefined);
      kill();
      return never;
    }
    const result = work();
    if (!(result instanceof Promise)) return result;
    if (waits) return wait(result);
    underWay += 1;
    const waiting = result.finally(() => {
      if (!alive) return;
      underWay -= 1;
      if (underWay === 0) tellCalm();
    });
    return wait(waiting);
  }

  function bind<T extends object>(port: T, waits?: 'waits'): T {
    const bound = new Map<unknown, unknown>();
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const work = value as (...given: unknown[]) => unknown;
        if (!bound.has(value))
          bound.set(value, (...given: unknown[]) =>
            call(() => work.apply(target, given), waits !== undefined),
          );
        return bound.get(value);
      },
    });
  }

  return {
    wait,
    bind,
    get underWay() {
      return underWay;
    },
    get alive() {
      return alive;
    },
    get paused() {
      return paused !== undefined;
    },
    calm: () =>
      new Promise((resolve) => {
        if (underWay === 0) resolve();
        else whenCalm.push(resolve);
      }),
    kill,
    onDeath: (told) => {
      if (alive) mourners.push(told);
      else told();
    },
    killAfter: (calls, carriedOut) => {
      doom = { left: calls, carriedOut };
    },
    pause: () => {
      paused ??= Promise.withResolvers<undefined>();
    },
    resume: () => {
      paused?.resolve(undefined);
      paused = undefined;
    },
  };
}
