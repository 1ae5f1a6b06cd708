/**
 * A multimap for keys that mostly have one value, such as addresses. A single value needs no list, which saves most of
 * the memory for a hundred thousand people.
 */
export interface ByKey<Key, Value> {
  /** In the order in which they were added. */
  get(key: Key): readonly Value[];
  /** A value is added only once. */
  add(key: Key, value: Value): void;
  remove(key: Key, value: Value): void;
  /** Replaces the values of the key with this value. */
  set(key: Key, value: Value): void;
}

const NONE: readonly never[] = [];

export function byKey<Key, Value extends object | string>(
  values: Iterable<Value>,
  keyOf: (value: Value) => Key,
): ByKey<Key, Value> {
  const index = emptyByKey<Key, Value>();
  for (const value of values) index.add(keyOf(value), value);
  return index;
}

export function emptyByKey<Key, Value extends object | string>(): ByKey<Key, Value> {
  const index = new Map<Key, Value | Many<Value>>();
  return {
    get: (key) => {
      const found = index.get(key);
      if (found === undefined) return NONE;
      return found instanceof Many ? found.values : [found];
    },
    add: (key, value) => {
      const found = index.get(key);
      if (found === undefined) index.set(key, value);
      else if (found instanceof Many) found.add(value);
      else if (found !== value) index.set(key, new Many(found, value));
    },
    remove: (key, value) => {
      const found = index.get(key);
      if (found instanceof Many) found.remove(value);
      else if (found === value) index.delete(key);
    },
    set: (key, value) => {
      index.set(key, value);
    },
  };
}

/** A class, so that a value which is a list itself is not taken for one. */
class Many<Value> {
  readonly #all: Set<Value>;
  #list: readonly Value[] | undefined;

  constructor(...values: Value[]) {
    this.#all = new Set(values);
  }

  get values(): readonly Value[] {
    return (this.#list ??= [...this.#all]);
  }

  add(value: Value): void {
    this.#all.add(value);
    this.#list = undefined;
  }

  remove(value: Value): void {
    this.#all.delete(value);
    this.#list = undefined;
  }
}
