/**
 * Converts a document to the form that the bridge stores: attributes have the schema's names, booleans are booleans, lists
 * are lists, dotted and URN-qualified keys are unfolded, nulls are omitted. Every shape that an IdP is known to send is
 * accepted. An error names the attribute whose value is not valid.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { extensionsIn, parseKey, within } from '../schema/attribute-key.ts';
import { isForbidden, type AttributePath } from '../schema/attribute-path.ts';
import type { AttributeInfo, ResourceSchema } from '../schema/resource-schema.ts';
import { caseless } from './caseless.ts';
import { mergeEqual } from './merge-elements.ts';
import { isLeftOut } from './owned-attributes.ts';
import { objectAt, targetIn, type ResolvedPath } from './target.ts';

type Draft = Record<string, Json>;

/** One attribute of a document, or one sub-attribute, and its value. */
export interface Leaf {
  readonly path: AttributePath;
  readonly value: NonNullable<Json>;
}

/** Reports an attribute that cannot be written, when this does not fail the whole request. */
export type Skip = (name: string, error: BridgeError, path?: AttributePath) => void;

/** Limits for the attributes of one resource and the elements of one list: more than anybody needs, and still fast. */
const MAX_ATTRIBUTES = 1_000;
const MAX_ELEMENTS = 500;

/**
 * @param skip called for each attribute that cannot be kept; the attribute is then omitted
 * @throws BridgeError invalid_value when there is no `skip`; too_many
 */
export function normalizeDocument(schema: ResourceSchema, raw: Attributes, skip?: Skip): Attributes {
  return normalizeLeaves(unfold(schema, raw, skip), skip);
}

/** @throws BridgeError invalid_value when there is no `skip`; too_many */
export function normalizeLeaves(leaves: readonly Leaf[], skip?: Skip): Attributes {
  assertFew(leaves);
  const document: Draft = {};
  // Whole attributes are written before sub-attributes, whatever order they were sent in.
  for (const isPart of [false, true]) {
    for (const { path, value } of leaves) {
      if ((path.part !== null) === isPart) {
        attempt(
          () => {
            place(document, path, value);
          },
          // The name is for `skip` alone, and costs more than the attribute.
          skip === undefined ? '' : nameOf(path),
          skip,
          path,
        );
      }
    }
  }
  return document;
}

/**
 * Lists the attributes of a document and of its extensions, without those that are never stored.
 * @throws BridgeError invalid_value when there is no `skip`; too_many
 */
export function unfold(schema: ResourceSchema, raw: Attributes, skip?: Skip): readonly Leaf[] {
  // Keys alone cost a third of what entries cost, and there may be too many.
  assertFew(Object.keys(raw));
  const entries = Object.entries(raw);
  const extensions = extensionsIn(schema, raw);
  const leavesOf = (path: AttributePath | undefined, key: string, value: Json): readonly Leaf[] => {
    if (path === undefined || value === null || isLeftOut(path)) return [];
    if (path.attribute !== null) return [{ path, value }];
    if (!isObject(value)) {
      attempt(
        () => {
          throw wrong(key, 'an object');
        },
        key,
        skip,
        path,
      );
      return [];
    }
    return Object.entries(value).flatMap(([inner, below]) =>
      leavesOf(
        path.extension === null
          ? parseKey(schema, inner, below, extensions)
          : within(schema, path.extension, inner),
        inner,
        below,
      ),
    );
  };
  return entries.flatMap(([key, value]) => leavesOf(parseKey(schema, key, value, extensions), key, value));
}

function assertFew(entries: readonly unknown[]): void {
  if (entries.length <= MAX_ATTRIBUTES) return;
  throw new BridgeError('too_many', `A resource can have at most ${MAX_ATTRIBUTES} attributes.`);
}

/** Calls `run`. If `skip` is given, a BridgeError is passed to it instead of being thrown. */
export function attempt(run: () => void, name: string, skip: Skip | undefined, path?: AttributePath): void {
  try {
    run();
  } catch (error) {
    if (skip === undefined || !(error instanceof BridgeError)) throw error;
    skip(name, error, path);
  }
}

/** The attribute in the notation of RFC 7644, for messages. */
export function nameOf({ extension, attribute, part }: AttributePath): string {
  const name = [attribute, part].filter((word) => word !== null).join('.');
  return [extension, name].filter((word) => word !== null && word !== '').join(':');
}

function place(document: Draft, path: AttributePath, value: NonNullable<Json>): void {
  const { extension } = path;
  const home: Draft = extension === null ? document : objectAt(document, extension);
  const target = targetIn(home, path);
  const normal =
    target.part === null
      ? normalizeValue(target.attribute, target.info, value)
      : withPart(target, target.part, ownValue(home, target.attribute), value);
  if (normal === undefined) return;
  home[target.attribute] = normal;
  if (extension !== null) document[extension] = home;
}

/** Sets one sub-attribute. In a list, it belongs to the primary element. */
function withPart(
  { attribute, info }: ResolvedPath,
  part: string,
  before: Json | undefined,
  value: NonNullable<Json>,
): Json | undefined {
  if (info?.multiValued === true) {
    const elements = Array.isArray(before) ? (before as readonly Json[]) : [];
    const chosen = Math.max(
      elements.findIndex((element) => isObject(element) && element['primary'] === true),
      0,
    );
    const element = elements[chosen];
    const written = { ...(isObject(element) ? element : {}), [part]: value };
    return normalizeList(attribute, info, [
      ...elements.slice(0, chosen),
      written,
      ...elements.slice(chosen + 1),
    ]);
  }
  const normal = normalizeValue(`${attribute}.${part}`, info?.parts.get(part.toLowerCase()), value);
  if (normal === undefined) return undefined;
  return { ...(isObject(before) ? before : {}), [part]: normal };
}

function ownValue(home: Attributes, key: string): Json | undefined {
  return Object.hasOwn(home, key) ? home[key] : undefined;
}

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

function normalizeList(name: string, info: AttributeInfo, value: Json): Json {
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

function wrong(name: string, expected: string): BridgeError {
  return new BridgeError('invalid_value', `"${name.slice(0, 100)}" must be ${expected}.`);
}
