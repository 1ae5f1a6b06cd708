/**
 * Operations on the elements of a list: all of them, or those that a filter in the path names. What is written is in the
 * form in which it is kept, so that later operations see it so.
 */
import { isObject, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { assertFewElements, normalizeElement, saysNothing } from '../codec/normalize-document.ts';
import { elementOf, elementTest } from '../filter/element-test.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import type { PatchOperation } from './parse-patch.ts';

type Verb = PatchOperation['op'];

/** An element, and whether this operation wrote it; undefined: it is gone. */
interface Written {
  readonly element: Json | undefined;
  readonly written: boolean;
}

/** @returns the list afterwards; undefined when it is empty after a removal */
export function patchElements(
  at: AttributePath,
  before: Json | undefined,
  op: Verb,
  value: Json,
): Json | undefined {
  const elements = Array.isArray(before) ? (before as readonly Json[]) : before === undefined ? [] : [before];
  const written =
    at.filter === null
      ? patchAll(at, elements, op, value)
      : patchMatching(at, at.filter, elements, op, value);
  // What no schema describes may be primary as often as it likes.
  const after = at.info === undefined ? present(written) : withOnePrimary(written);
  return after.length === 0 && op === 'remove' ? undefined : after;
}

function patchAll(at: AttributePath, elements: readonly Json[], op: Verb, value: Json): readonly Written[] {
  const { part } = at;
  if (part !== null) {
    if (elements.length === 0) return op === 'remove' ? [] : [written(withPart(at, {}, part, value))];
    // `emails.value` names no element: the primary one is meant, or the only one there is.
    const chosen = Math.max(elements.findIndex(isPrimary), 0);
    return elements.map((element, index) =>
      index === chosen ? written(withPart(at, element, part, op === 'remove' ? null : value)) : kept(element),
    );
  }
  const named = elementsIn(value);
  assertFewElements(at.attribute ?? '', named);
  const said = named.filter((element) => !saysNothing(at.info, element));
  // Elements that say nothing are not there; a list of nothing else is not an empty one.
  if (said.length === 0 && named.length > 0) return elements.map(kept);
  const given = said.map((element) => normal(at, element)).filter((element) => element !== undefined);
  switch (op) {
    case 'replace':
      return given.map(written);
    case 'add':
      return addAll(at, elements, given);
    case 'remove': {
      // Some clients name the elements that go in the value.
      const gone = new Set(given.flatMap(meantBy));
      if (gone.size === 0) return [];
      return elements.filter((element) => !namesOf(element).some((name) => gone.has(name))).map(kept);
    }
  }
}

/** What is there already gets what it lacks; what is not there comes at the end, once. */
function addAll(at: AttributePath, elements: readonly Json[], given: readonly Json[]): readonly Written[] {
  const result = elements.map(kept);
  const places = new Map(elements.flatMap((element, index) => namesOf(element).map((name) => [name, index])));
  for (const element of given) {
    const place = meantBy(element)
      .map((name) => places.get(name))
      .find((found) => found !== undefined);
    if (place === undefined) {
      for (const name of namesOf(element)) places.set(name, result.length);
      result.push(written(element));
      continue;
    }
    const present = result[place]?.element;
    const merged = isObject(present) && isObject(element) ? { ...present, ...element } : element;
    result[place] = written(normal(at, merged));
  }
  return result;
}

function patchMatching(
  at: AttributePath,
  filter: string,
  elements: readonly Json[],
  op: Verb,
  value: Json,
): readonly Written[] {
  const { part } = at;
  const wanted = parseFilter(filter);
  const isMeant = elementTest(wanted);
  const matches = elements.map(isMeant);
  const change = (element: Json): Json | undefined => {
    if (part !== null) return withPart(at, element, part, op === 'remove' ? null : value);
    if (op === 'remove') return undefined;
    const [single] = elementsIn(value);
    if (!isObject(single))
      throw new BridgeError('invalid_value', 'The value of an element is to be an object.');
    // The parts that are named are set, the others stay: what the filter asks for among them.
    return normal(at, { ...(isObject(element) ? element : {}), ...single });
  };
  if (matches.includes(true)) {
    return elements.map((element, index) =>
      matches[index] === true ? written(change(element)) : kept(element),
    );
  }
  if (op === 'remove' || value === null) return elements.map(kept);
  // What the filter asks for is made: clients write so to elements that are not there yet.
  const missing = elementOf(wanted);
  const made = missing === undefined ? undefined : change(missing);
  if (made === undefined || !isMeant(made)) {
    throw new BridgeError('no_target', `There is no element with ${filter.slice(0, 100)} to write to.`);
  }
  return [...elements.map(kept), written(made)];
}

/** @param value null takes the part away */
function withPart(at: AttributePath, element: Json, part: string, value: Json): Json | undefined {
  const object: Record<string, Json> = isObject(element) ? { ...element } : { value: element };
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
  if (single === null) Reflect.deleteProperty(object, part);
  else object[part] = single;
  return Object.keys(object).length === 0 ? undefined : normal(at, object);
}

function normal({ attribute, info }: AttributePath, element: Json): Json | undefined {
  return normalizeElement(attribute ?? '', info, element);
}

function elementsIn(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === null || value === '' ? [] : [value];
}

/** An element that is written as primary takes that from all others; of several, the last. */
function withOnePrimary(elements: readonly Written[]): Json[] {
  const last = elements.findLastIndex((one) => one.written && isPrimary(one.element));
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

/** What a given element means: the one with that value and type, or of any type when it names none. */
function meantBy(element: Json): readonly string[] {
  const [whole = '', ofType, ofValue] = namesOf(element);
  const typed = isObject(element) && element['type'] !== undefined;
  return [whole, (typed ? ofType : ofValue) ?? whole];
}

/** What an element is known by: all of it, its value with its type, its value. */
function namesOf(element: Json): readonly string[] {
  const parts = isObject(element) ? element : { value: element };
  const whole = JSON.stringify(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { value, type } = parts;
  if (value === undefined) return [whole];
  return [whole, `type ${JSON.stringify([value, type])}`, `value ${JSON.stringify(value)}`];
}
