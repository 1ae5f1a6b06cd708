/** Where in an object the attribute of a path stands. */
import { isObject, type Attributes } from '../../directory/attributes.ts';
import type { AttributePath } from '../schema/attribute-path.ts';

export interface Target extends AttributePath {
  /** The key as it stands in the object, or as it will. */
  readonly attribute: string;
}

/**
 * @param home the document, or the extension of it that the path names
 * @returns the path with the key that is there. Of an attribute that no schema knows, a name with a dot in it may be the
 * key itself: it is when it is there, or when what stands before the dot is a single value.
 */
export function targetIn(home: Attributes, at: AttributePath): Target {
  const attribute = keyOf(home, at.attribute ?? '');
  if (at.part === null || at.filter !== null || at.info !== undefined) return { ...at, attribute };
  const dotted = `${at.attribute ?? ''}.${at.part}`;
  const present = Object.hasOwn(home, attribute) ? home[attribute] : undefined;
  const isSingle = present !== undefined && present !== null && typeof present !== 'object';
  return Object.hasOwn(home, dotted) || isSingle
    ? { ...at, attribute: dotted, part: null }
    : { ...at, attribute };
}

/** The key of that name, in whatever case it was sent. */
export function keyOf(home: Attributes, name: string): string {
  if (Object.hasOwn(home, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(home).find((key) => key.toLowerCase() === lower) ?? name;
}

/** The object under that key; empty when there is none. */
export function objectAt(home: Attributes, key: string): Attributes {
  const present = Object.hasOwn(home, key) ? home[key] : undefined;
  return isObject(present) ? present : {};
}
