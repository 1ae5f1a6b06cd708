/**
 * Applies operations to the elements of a list: to all of them, or to those that match a filter in the path. Values are
 * normalized when they are written, so that later operations see the stored form.
 */
import { isObject, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { assertFewElements, isEmptyElement, normalizeElement } from '../codec/normalize-value.ts';
import { elementOf, elementTest } from '../filter/element-test.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import type { PatchOperation } from './parse-patch.ts';

/** Elements with the same value that are compared as a whole: a list of many must not take its square in time. */
const MAX_COMPARED = 16;

type Verb = PatchOperation['op'];

/** An element, and whether this operation wrote it. An undefined element was removed. */
interface Written {
  readonly element: Json | undefined;
  readonly written: boolean;
}

/** @returns the new list; undefined when it is empty after a removal */
export function patchElements(
  path: AttributePath,
  before: Json | undefined,
  op: Verb,
  value: Json,
): Json | undefined {
  const elements = Array.isArray(before) ? (before as readonly Json[]) : before === undefined ? [] : [before];
  const written =
    path.filter === null
      ? patchAll(path, elements, op, value)
      : patchMatching(path, path.filter, elements, op, value);
  // A list that no schema describes may have several primary elements.
  const after = path.info === undefined ? present(written) : withOnePrimary(written);
  return after.length === 0 && op === 'remove' ? undefined : after;
}

function patchAll(path: AttributePath, elements: readonly Json[], op: Verb, value: Json): readonly Written[] {
  const { part } = path;
  if (part !== null) {
    if (elements.length === 0) return op === 'remove' ? [] : [written(withPart(path, {}, part, value))];
    // `emails.value` does not select an element: use the primary element, else the first.
    const chosen = Math.max(elements.findIndex(isPrimary), 0);
    return elements.map((element, index) =>
      index === chosen
        ? written(withPart(path, element, part, op === 'remove' ? null : value))
        : kept(element),
    );
  }
  const named = elementsIn(value);
  assertFewElements(path.attribute ?? '', named);
  const nonEmpty = named.filter((element) => !isEmptyElement(path.info, element));
  // Empty elements are ignored. A list that has only empty elements is not the same as an empty list.
  if (nonEmpty.length === 0 && named.length > 0) return elements.map(kept);
  const given = nonEmpty.map((element) => normal(path, element)).filter((element) => element !== undefined);
  switch (op) {
    case 'replace':
      return given.map(written);
    case 'add':
      return addAll(path, elements, given);
    case 'remove': {
      // Some clients list the elements to remove in the value.
      const removed = new Set(given.flatMap(matchingNames));
      if (removed.size === 0) return [];
      return elements.filter((element) => !namesOf(element).some((name) => removed.has(name))).map(kept);
    }
  }
}

/**
 * Merges given elements into equal elements of the list, and appends the others once. An element of the list that says all
 * of a given one comes before one that is only like it: then nothing changes (RFC 7644 section 3.5.2.1).
 */
function addAll(path: AttributePath, elements: readonly Json[], given: readonly Json[]): readonly Written[] {
  const result = elements.map(kept);
  const places = new Map<string, number[]>();
  const note = (element: Json, place: number) => {
    for (const name of namesOf(element)) {
      const found = places.get(name);
      if (found === undefined) places.set(name, [place]);
      else found.push(place);
    }
  };
  for (const [place, element] of elements.entries()) note(element, place);
  for (const element of given) {
    const like = matchingNames(element).map((name) => places.get(name) ?? []);
    const says = (place: number) => saysAll(result[place]?.element, element);
    const place =
      like.flatMap((found) => found.slice(0, MAX_COMPARED)).find(says) ??
      like.find((found) => found.length > 0)?.at(-1);
    if (place === undefined) {
      note(element, result.length);
      result.push(written(element));
      continue;
    }
    const present = result[place]?.element;
    const merged = isObject(present) && isObject(element) ? { ...present, ...element } : element;
    result[place] = written(normal(path, merged));
  }
  return result;
}

function saysAll(present: Json | undefined, given: Json): boolean {
  if (!isObject(present) || !isObject(given)) return JSON.stringify(present) === JSON.stringify(given);
  return Object.entries(given).every(
    ([key, value]) => JSON.stringify(present[key]) === JSON.stringify(value),
  );
}

function patchMatching(
  path: AttributePath,
  filter: string,
  elements: readonly Json[],
  op: Verb,
  value: Json,
): readonly Written[] {
  const { part } = path;
  const wanted = parseFilter(filter);
  const isMatch = elementTest(wanted);
  const matches = elements.map(isMatch);
  const change = (element: Json): Json | undefined => {
    if (part !== null) return withPart(path, element, part, op === 'remove' ? null : value);
    if (op === 'remove') return undefined;
    const [single = null] = elementsIn(value);
    // An element that is replaced with null or an empty list is removed (RFC 7643 section 2.5).
    if (single === null && op === 'replace') return undefined;
    if (!isObject(single))
      throw new BridgeError('invalid_value', 'The value of an element must be an object.');
    // Sub-attributes in the value are set. The others keep their values, including those that the filter compares.
    return normal(path, { ...(isObject(element) ? element : {}), ...single });
  };
  if (matches.includes(true)) {
    return elements.map((element, index) =>
      matches[index] === true ? written(change(element)) : kept(element),
    );
  }
  const isRemoval = op === 'remove' || (part === null && elementsIn(value).every((given) => given === null));
  if (isRemoval || value === null) return elements.map(kept);
  // Clients also use a filter to write an element that does not exist yet: create the element that the filter describes.
  const missing = elementOf(wanted);
  const created = missing === undefined ? undefined : change(missing);
  if (created === undefined || !isMatch(created)) {
    throw new BridgeError('no_target', `No element matches the filter ${filter.slice(0, 100)}.`);
  }
  return [...elements.map(kept), written(created)];
}

/** @param value null removes the sub-attribute */
function withPart(path: AttributePath, element: Json, part: string, value: Json): Json | undefined {
  const object: Record<string, Json> = isObject(element) ? { ...element } : { value: element };
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
  if (single === null) Reflect.deleteProperty(object, part);
  else object[part] = single;
  return Object.keys(object).length === 0 ? undefined : normal(path, object);
}

function normal({ attribute, info }: AttributePath, element: Json): Json | undefined {
  return normalizeElement(attribute ?? '', info, element);
}

function elementsIn(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === null || value === '' ? [] : [value];
}

/** If an element is written as primary, all others lose it. If several are, the last one stays primary. */
function withOnePrimary(elements: readonly Written[]): Json[] {
  const last = elements.findLastIndex(({ element, written: isNew }) => isNew && isPrimary(element));
  if (last === -1) return present(elements);
  return elements.flatMap(({ element }, index) => {
    if (element === undefined) return [];
    const demoted = index !== last && isPrimary(element) && isObject(element);
    return [demoted ? { ...element, primary: false } : element];
  });
}

function present(elements: readonly Written[]): Json[] {
  return elements.map(({ element }) => element).filter((element) => element !== undefined);
}

function isPrimary(element: Json | undefined): boolean {
  return isObject(element) && element['primary'] === true;
}

function written(element: Json | undefined): Written {
  return { element, written: true };
}

function kept(element: Json): Written {
  return { element, written: false };
}

/** The names to find a given element by: its value and type, or only its value when it has no type. */
function matchingNames(element: Json): readonly string[] {
  const [whole = '', ofType, ofValue] = namesOf(element);
  const typed = isObject(element) && element['type'] !== undefined;
  return [whole, (typed ? ofType : ofValue) ?? whole];
}

/** All names of an element: the whole element, its value with its type, and its value. */
function namesOf(element: Json): readonly string[] {
  const parts = isObject(element) ? element : { value: element };
  const whole = JSON.stringify(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { value, type } = parts;
  if (value === undefined) return [whole];
  return [whole, `type ${JSON.stringify([value, type])}`, `value ${JSON.stringify(value)}`];
}
