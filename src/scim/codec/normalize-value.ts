/** Converts the value of one attribute to the form that is stored. Every shape that an IdP is known to send is accepted. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { isForbidden } from '../schema/attribute-path.ts';
import type { AttributeInfo } from '../schema/resource-schema.ts';
import { caseless } from './caseless.ts';
import { mergeEqual } from './merge-elements.ts';

type Draft = Record<string, Json>;

/** For one list: more than anybody needs, and still fast. */
const MAX_ELEMENTS = 500;

/**
 * Converts the value of one attribute to the form that is stored.
 * @returns undefined for an empty value @throws BridgeError invalid_value, too_many
 */
export function normalizeValue(name: string, info: AttributeInfo | undefined, value: Json): Json | undefined {
  if (info === undefined) return value;
  if (info.multiValued) return normalizeList(name, info, value);
  const single = Array.isArray(value) && value.length <= 1 ? (value[0] as Json | undefined) : value;
  if (single === undefined || single === null) return undefined;
  return info.type === 'complex' ? normalizeComplex(name, info, single) : normalizeScalar(name, info, single);
}

export function normalizeList(name: string, info: AttributeInfo, value: Json): Json {
  const elements = Array.isArray(value) ? (value as readonly Json[]) : [value];
  assertFewElements(name, elements);
  const given = elements.filter((element) => !isEmptyElement(info, element));
  return onePrimary(mergeEqual(given.flatMap((element) => normalizeElement(name, info, element) ?? [])));
}

/** Whether an element is null, or an object whose `value` is null. */
export function isEmptyElement(info: AttributeInfo | undefined, element: Json): boolean {
  if (element === null) return true;
  return info?.parts.has('value') === true && isObject(element) && caseless(element, 'value') === null;
}

/** @throws BridgeError too_many */
export function assertFewElements(name: string, elements: readonly Json[]): void {
  if (elements.length <= MAX_ELEMENTS) return;
  throw new BridgeError('too_many', `"${name}" can have at most ${MAX_ELEMENTS} values.`);
}

/** Converts one element of a list. @returns undefined for an empty element @throws BridgeError invalid_value */
export function normalizeElement(
  name: string,
  info: AttributeInfo | undefined,
  element: Json,
): Json | undefined {
  if (info === undefined) return element;
  if (element === null || element === '') return undefined;
  if (info.type !== 'complex') return normalizeScalar(name, info, element);
  return normalizeComplex(name, info, element);
}

/** Where an object is expected, a bare value becomes the object's `value`. An empty value removes the attribute. */
function normalizeComplex(name: string, info: AttributeInfo, value: Json): Attributes | undefined {
  const isScalar = typeof value !== 'object';
  if (isScalar && !info.parts.has('value')) throw wrong(name, 'an object');
  if (Array.isArray(value)) throw wrong(name, 'an object');
  const given: Attributes = isScalar ? { value } : (value as Attributes);
  const result: Draft = {};
  for (const [key, inner] of Object.entries(given)) {
    const part = info.parts.get(key.toLowerCase());
    const normal = inner === null ? undefined : normalizeValue(`${name}.${key}`, part, inner);
    if (normal !== undefined && !isForbidden(key)) result[part?.name ?? key] = normal;
  }
  const emptied = info.parts.has('value') && !info.multiValued && result['value'] === '';
  return Object.keys(result).length === 0 || emptied ? undefined : result;
}

function normalizeScalar(name: string, info: AttributeInfo, value: NonNullable<Json>): Json {
  if (typeof value === 'object') {
    // Some clients send `{"value": x}` for x.
    const inner = isObject(value) ? value['value'] : undefined;
    if (inner === undefined || inner === null || typeof inner === 'object')
      throw wrong(name, `a ${info.type}`);
    return normalizeScalar(name, info, inner);
  }
  if (info.type === 'boolean') return booleanOf(name, value);
  if (info.type !== 'string') return value;
  const text = String(value);
  try {
    return (info.coerce(text) as Json | undefined) ?? text;
  } catch {
    throw wrong(name, 'a string');
  }
}

/** Some clients send booleans as text, or as 1 and 0. */
function booleanOf(name: string, value: string | number | boolean): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw wrong(name, 'true or false');
}

/** At most one element is primary: the last one that is marked as primary. */
function onePrimary(elements: readonly Json[]): Json[] {
  const last = elements.findLastIndex((element) => isObject(element) && element['primary'] === true);
  return elements.map((element, index) => {
    const demoted = index !== last && isObject(element) && element['primary'] === true;
    return demoted ? { ...element, primary: false } : element;
  });
}

export function wrong(name: string, expected: string): BridgeError {
  return new BridgeError('invalid_value', `"${name.slice(0, 100)}" must be ${expected}.`);
}
