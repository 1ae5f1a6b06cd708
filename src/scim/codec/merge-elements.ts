/** Merges equal elements of a list: RFC 7643 section 2.4 allows each value and type only once. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';

/**
 * Merges elements with equal `value` and `type` that do not contradict each other, and elements that are entirely equal.
 * If one of the merged elements is primary, the result is primary.
 */
export function mergeEqual(elements: readonly Json[]): Json[] {
  if (elements.length < 2) return [...elements];
  const merged: Json[] = [];
  const places = new Map<string, number[]>();
  for (const element of elements) {
    const name = nameOf(element);
    const same = places.get(name) ?? [];
    const place = same.find((index) => union(merged[index] ?? null, element) !== undefined);
    if (place === undefined) {
      places.set(name, [...same, merged.length]);
      merged.push(element);
    } else merged[place] = union(merged[place] ?? null, element) ?? element;
  }
  return merged;
}

function nameOf(element: Json): string {
  if (!isObject(element)) return JSON.stringify(element);
  const { value, type } = element;
  return value === undefined ? JSON.stringify(sorted(element)) : JSON.stringify(['of', value, type ?? null]);
}

/** @returns undefined when the two contradict each other */
function union(a: Json, b: Json): Json | undefined {
  if (!isObject(a) || !isObject(b)) return a;
  const contradicts = Object.entries(b).some(
    ([key, value]) =>
      key !== 'primary' && Object.hasOwn(a, key) && JSON.stringify(a[key]) !== JSON.stringify(value),
  );
  if (contradicts) return undefined;
  return a['primary'] === true ? { ...b, ...a } : { ...a, ...b };
}

function sorted(element: Attributes): readonly (readonly [string, Json])[] {
  return Object.entries(element).sort(([a], [b]) => (a < b ? -1 : 1));
}
