/** Compares documents. They are stored as text, which is cheap to return, but two texts can have the same content. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Attributes } from './attributes.ts';

/**
 * Compares two documents, regardless of the order of their keys. Both are JSON texts of objects.
 * @returns the paths of the attributes that differ: `title`, `name.familyName`, `urn:…:2.0:User:department`
 */
export function changedAttributes(a: string, b: string): readonly string[] {
  if (a === b) return [];
  const [before, after] = [JSON.parse(a) as Attributes, JSON.parse(b) as Attributes];
  return differing(before, after).flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (!isObject(was) || !isObject(is)) return [name];
    const separator = name.startsWith('urn:') ? ':' : '.';
    return differing(was, is).map((part) => `${name}${separator}${part}`);
  });
}

function differing(a: Attributes, b: Attributes): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => !isDeepStrictEqual(a[name], b[name]));
}
