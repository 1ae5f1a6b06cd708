/** Documents are kept as text, so that reading one back costs nothing; comparing two looks at what they say. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Attributes } from './attributes.ts';

/**
 * The paths of the attributes about which two documents, JSON texts of objects, do not say the same, whatever the order
 * of their keys: `title`, `name.familyName`, `urn:…:2.0:User:department`.
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
