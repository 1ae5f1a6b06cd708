/** Values by key, as they are now and as they were at one moment before. Only what has changed since is kept twice. */
export interface TwoTimes<Value> {
  now(key: string): Value | undefined;
  then(key: string): Value | undefined;
  /** Everything that has a value now. */
  readonly current: ReadonlyMap<string, Value>;
  /** Keys whose value was set since the moment. */
  readonly changed: Iterable<string>;
}

export interface WritableTimes<Value> extends TwoTimes<Value> {
  /**
   * @param value undefined: none any more
   * @param isSince whether it is set after the moment: what it replaces is kept
   */
  set(key: string, value: Value | undefined, isSince: boolean): void;
}

export function createTwoTimes<Value>(): WritableTimes<Value> {
  const current = new Map<string, Value>();
  const before = new Map<string, Value | undefined>();
  return {
    current,
    now: (key) => current.get(key),
    then: (key) => (before.has(key) ? before.get(key) : current.get(key)),
    get changed() {
      return before.keys();
    },
    set: (key, value, isSince) => {
      if (isSince && !before.has(key)) before.set(key, current.get(key));
      if (value === undefined) current.delete(key);
      else current.set(key, value);
    },
  };
}
