/**
 * A document as the bridge keeps it: attributes under the schema's names, booleans as booleans, lists as lists,
 * dotted and URN-qualified keys unfolded, nulls left out. Forgiving to every shape that an IdP is known to send; what
 * an attribute cannot be is refused by name.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { parseAttributePath } from '../schema/attribute-path.ts';
import type { AttributeInfo, ResourceSchema } from '../schema/resource-schema.ts';
import { MODE_GROUP, MODE_USER } from '../schema/urns.ts';

/** Owned by the bridge, secret, or derived: never kept from what a client says. */
const IGNORED: ReadonlySet<string> = new Set(['id', 'meta', 'schemas', 'groups', 'password']);
const READ_ONLY = [MODE_USER, MODE_GROUP].map((urn) => urn.toLowerCase());

/** @param name an attribute's name, or a path that begins with it */
export function isIgnored(name: string): boolean {
  const lower = name.toLowerCase();
  if (!lower.startsWith('urn:')) return IGNORED.has(lower);
  return READ_ONLY.some((urn) => lower === urn || lower.startsWith(`${urn}:`) || lower.startsWith(`${urn}.`));
}

type Draft = Record<string, Json>;

/** Attributes of one resource, and elements of one list: more than anybody has, less than what takes long. */
const MAX_ATTRIBUTES = 1_000;
const MAX_ELEMENTS = 500;

/** @throws BridgeError invalid_value, invalid_path, too_many */
export function normalizeDocument(schema: ResourceSchema, raw: Attributes): Attributes {
  const given = Object.entries(raw);
  assertFew(given);
  const entries = given.flatMap(([key, value]) => unfolded(schema, key, value));
  assertFew(entries);
  const document: Draft = {};
  for (const [key, value] of entries) place(schema, document, key, value);
  return document;
}

function assertFew(entries: readonly unknown[]): void {
  if (entries.length <= MAX_ATTRIBUTES) return;
  throw new BridgeError('too_many', `A resource may have ${MAX_ATTRIBUTES} attributes.`);
}

/** An extension's attributes one by one, each by its full name; what is not kept goes. */
function unfolded(
  schema: ResourceSchema,
  key: string,
  value: Json,
): readonly (readonly [string, NonNullable<Json>])[] {
  if (isIgnored(key) || value === null) return [];
  if (!key.toLowerCase().startsWith('urn:')) return [[key, value]];
  const { extension, attribute } = parseAttributePath(schema, key);
  if (extension === null || attribute !== null) return [[key, value]];
  if (!isObject(value)) throw wrong(key, 'an object');
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === null ? [] : [[`${extension}:${name}`, inner]],
  );
}

function place(schema: ResourceSchema, document: Draft, key: string, value: Json): void {
  // Most keys are a plain attribute's name.
  const plain = schema.attributes.get(key.toLowerCase());
  if (plain !== undefined) {
    const normal = normalizeValue(plain.name, plain, value);
    if (normal !== undefined) document[plain.name] = normal;
    return;
  }
  const { extension, attribute, part, info } = parseAttributePath(schema, key);
  if (attribute === null || (part !== null && info?.multiValued === true)) return;
  const partInfo = part === null ? info : info?.parts.get(part.toLowerCase());
  const normal = normalizeValue(part === null ? attribute : `${attribute}.${part}`, partInfo, value);
  if (normal === undefined) return;
  const home = extension === null ? document : child(document, extension);
  if (part === null) home[attribute] = normal;
  else child(home, attribute)[part] = normal;
}

/**
 * One attribute's value in the form in which it is kept.
 * @returns undefined for a value that says nothing @throws BridgeError invalid_value, too_many
 */
export function normalizeValue(name: string, info: AttributeInfo | undefined, value: Json): Json | undefined {
  if (info === undefined) return value;
  if (info.multiValued) return normalizeList(name, info, value);
  const single = Array.isArray(value) && value.length <= 1 ? (value[0] as Json | undefined) : value;
  if (single === undefined || single === null) return undefined;
  return info.type === 'complex' ? normalizeComplex(name, info, single) : normalizeScalar(name, info, single);
}

function normalizeList(name: string, info: AttributeInfo, value: Json): Json {
  const elements = Array.isArray(value) ? (value as readonly Json[]) : [value];
  assertFewElements(name, elements);
  return onePrimary(elements.flatMap((element) => normalizeElement(name, info, element) ?? []));
}

/** @throws BridgeError too_many */
export function assertFewElements(name: string, elements: readonly Json[]): void {
  if (elements.length <= MAX_ELEMENTS) return;
  throw new BridgeError('too_many', `The attribute "${name}" may have ${MAX_ELEMENTS} values.`);
}

/** One element of a list. @returns undefined for one that says nothing @throws BridgeError invalid_value */
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

/** Where an object is wanted, a bare value is the object's `value`; an empty one takes the attribute away. */
function normalizeComplex(name: string, info: AttributeInfo, value: Json): Attributes | undefined {
  const isScalar = typeof value !== 'object';
  if (isScalar && !info.parts.has('value')) throw wrong(name, 'an object');
  if (Array.isArray(value)) throw wrong(name, 'an object');
  const given: Attributes = isScalar ? { value } : (value as Attributes);
  const result: Draft = {};
  for (const [key, inner] of Object.entries(given)) {
    const part = info.parts.get(key.toLowerCase());
    const normal = inner === null ? undefined : normalizeValue(`${name}.${key}`, part, inner);
    if (normal !== undefined) result[part?.name ?? key] = normal;
  }
  const emptied = info.parts.has('value') && !info.multiValued && result['value'] === '';
  return Object.keys(result).length === 0 || emptied ? undefined : result;
}

function normalizeScalar(name: string, info: AttributeInfo, value: NonNullable<Json>): Json {
  if (typeof value === 'object') {
    // `{"value": x}` for x, as some clients wrap it.
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

function booleanOf(name: string, value: string | number | boolean): boolean {
  const text = String(value).toLowerCase();
  if (text !== 'true' && text !== 'false') throw wrong(name, 'true or false');
  return text === 'true';
}

/** At most one element is primary: the last that says so. */
function onePrimary(elements: readonly Json[]): Json[] {
  const last = elements.findLastIndex((element) => isObject(element) && element['primary'] === true);
  return elements.map((element, index) => {
    const demoted = index !== last && isObject(element) && element['primary'] === true;
    return demoted ? { ...element, primary: false } : element;
  });
}

function child(home: Draft, name: string): Draft {
  const present = home[name];
  const copy: Draft = isObject(present) ? { ...present } : {};
  home[name] = copy;
  return copy;
}

function wrong(name: string, expected: string): BridgeError {
  return new BridgeError('invalid_value', `The attribute "${name.slice(0, 100)}" is to be ${expected}.`);
}
