/** Finds the key in an object that a path refers to. */
import { isObject, type Attributes } from '../../directory/attributes.ts';
import type { AttributePath } from '../schema/attribute-path.ts';

export interface ResolvedPath extends AttributePath {
  /** The key that the object has, or will have. */
  readonly attribute: string;
}

/**
 * @param home the document, or the extension in it that the path names
 * @returns the path with the key that the object has. If no schema knows the attribute, a name with a dot may be the key
 * itself: when that key exists, or when the value before the dot is not an object.
 */
export function targetIn(home: Attributes, path: AttributePath): ResolvedPath {
  const attribute = keyOf(home, path.attribute ?? '');
  if (path.part === null || path.filter !== null || path.info !== undefined) return { ...path, attribute };
  const dotted = `${path.attribute ?? ''}.${path.part}`;
  const present = Object.hasOwn(home, attribute) ? home[attribute] : undefined;
  const isSingle = present !== undefined && present !== null && typeof present !== 'object';
  return Object.hasOwn(home, dotted) || isSingle
    ? { ...path, attribute: dotted, part: null }
    : { ...path, attribute };
}

/** The key with this name in any case. */
export function keyOf(home: Attributes, name: string): string {
  if (Object.hasOwn(home, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(home).find((key) => key.toLowerCase() === lower) ?? name;
}

/** The object at this key; empty when there is none. */
export function objectAt(home: Attributes, key: string): Attributes {
  const present = Object.hasOwn(home, key) ? home[key] : undefined;
  return isObject(present) ? present : {};
}
