/** Operations on the elements of a list: all of them, or those that a filter in the path names. */
import type { Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { isObject, saysTrue } from '../codec/normalize-document.ts';
import { elementOf, matchElement } from '../filter/match-element.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import type { PatchOperation } from './parse-patch.ts';

type Verb = PatchOperation['op'];

/** @returns the list afterwards; undefined when it is empty after a removal */
export function patchElements(
  at: AttributePath,
  before: Json | undefined,
  op: Verb,
  value: Json,
): Json | undefined {
  const elements = Array.isArray(before) ? (before as readonly Json[]) : before === undefined ? [] : [before];
  const after =
    at.filter === null
      ? patchAll(at, elements, op, value)
      : patchMatching(at, at.filter, elements, op, value);
  return after.length === 0 && op === 'remove' ? undefined : after;
}

function patchAll(at: AttributePath, elements: readonly Json[], op: Verb, value: Json): readonly Json[] {
  const { part } = at;
  if (part !== null) {
    if (elements.length === 0 && op !== 'remove') return [{ [part]: value }];
    // `emails.value` names no element: the primary one is meant, or the only one there is.
    const primary = elements.findIndex((element) => isObject(element) && element['primary'] === true);
    const chosen = Math.max(primary, 0);
    return elements.map((element, index) =>
      index === chosen ? withPart(element, part, op, value) : element,
    );
  }
  const given = Array.isArray(value)
    ? (value as readonly Json[])
    : value === null || value === ''
      ? []
      : [value];
  switch (op) {
    case 'replace':
      return given;
    case 'add': {
      const present = new Set(elements.flatMap(namesOf));
      const missing = given.filter((element) => !meantBy(element).some((name) => present.has(name)));
      return withNewPrimary(elements, missing);
    }
    case 'remove': {
      // Some clients name the elements that go in the value.
      const gone = new Set(given.flatMap(meantBy));
      return gone.size === 0
        ? []
        : elements.filter((element) => !namesOf(element).some((name) => gone.has(name)));
    }
  }
}

function patchMatching(
  at: AttributePath,
  filter: string,
  elements: readonly Json[],
  op: Verb,
  value: Json,
): readonly Json[] {
  const { part } = at;
  const wanted = parseFilter(filter);
  const matches = elements.map((element) => matchElement(wanted, element));
  if (op === 'remove') {
    if (part === null) return elements.filter((_element, index) => matches[index] !== true);
    return elements.map((element, index) =>
      matches[index] === true ? withPart(element, part, op, value) : element,
    );
  }
  const set = (element: Json): Json => {
    if (part !== null) return withPart(element, part, op, value);
    const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
    if (!isObject(single))
      throw new BridgeError('invalid_value', 'The value of an element is to be an object.');
    return { ...(isObject(element) ? element : {}), ...single };
  };
  if (!matches.includes(true)) {
    const missing = elementOf(wanted);
    if (missing === undefined) {
      throw new BridgeError('no_target', `There is no element with ${filter.slice(0, 100)} to write to.`);
    }
    // What the filter asks for is made: clients write so to elements that are not there yet.
    return withNewPrimary(elements, [set(missing)]);
  }
  const makesPrimary = part?.toLowerCase() === 'primary' && saysTrue(value);
  return elements.map((element, index) => {
    if (matches[index] === true) return set(element);
    return makesPrimary ? demoted(element) : element;
  });
}

function withPart(element: Json, part: string, op: Verb, value: Json): Json {
  const object: Record<string, Json> = isObject(element) ? { ...element } : { value: element };
  if (op === 'remove') Reflect.deleteProperty(object, part);
  else object[part] = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
  return object;
}

function withNewPrimary(elements: readonly Json[], added: readonly Json[]): readonly Json[] {
  const takesOver = added.some((element) => isObject(element) && saysTrue(element['primary']));
  return [...(takesOver ? elements.map(demoted) : elements), ...added];
}

function demoted(element: Json): Json {
  return isObject(element) && element['primary'] === true ? { ...element, primary: false } : element;
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
