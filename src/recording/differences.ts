/** Describes how two JSON values differ, and where. */
const MAX_SHOWN = 200;

/**
 * @param how `part`: an object may have more than is expected; `exact`: it may not
 * @returns one line for each difference; none when there is none
 */
export function differencesOf(
  got: unknown,
  expected: unknown,
  how: 'part' | 'exact',
  path = '',
): readonly string[] {
  const within = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(expected) && Array.isArray(got)) {
    const [all, wanted] = [got as readonly unknown[], expected as readonly unknown[]];
    if (all.length !== wanted.length) return [different(path, all, wanted)];
    return wanted.flatMap((element, index) => differencesOf(all[index], element, how, within(index)));
  }
  if (isObject(expected) && isObject(got)) {
    const more = how === 'exact' ? Object.keys(got).filter((key) => !Object.hasOwn(expected, key)) : [];
    return [
      ...Object.entries(expected).flatMap(([key, value]) => differencesOf(got[key], value, how, within(key))),
      ...more.map((key) => different(within(key), got[key], undefined)),
    ];
  }
  return Object.is(got, expected) ? [] : [different(path, got, expected)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function different(path: string, got: unknown, expected: unknown): string {
  return `${path === '' ? 'the value' : path}: expected ${shown(expected)}, got ${shown(got)}`;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
