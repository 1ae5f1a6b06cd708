/**
 * A model of PATCH as RFC 7644 section 3.5.2 defines it: on the whole document, one operation after the other. Where clients
 * differ (facts/idp-behaviour.md, sections 0, 2.6, 2.7 and 5), it does what they expect. It knows only a few attributes.
 */
import type { Attributes, Json } from '../../src/directory/attributes.ts';

export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const LISTS = ['emails', 'phoneNumbers', 'roles'];
const COMPLEX = ['name', 'manager'];
const PARTS = ['givenName', 'familyName', 'value', 'type', 'primary', 'display'];
const PLAIN = ['active', 'userName', 'displayName', 'title', 'department', 'employeeNumber'];
const OWNED = ['id', 'meta', 'schemas', 'groups', 'password'];
const NAMES = [...LISTS, ...COMPLEX, ...PARTS, ...PLAIN, ...OWNED];

export interface Operation {
  readonly op: string;
  readonly path?: string;
  readonly value?: Json;
}

/** The response is 400. */
export class Refused extends Error {}
/** Neither the RFC nor the facts define the result. */
export class Unsettled extends Error {}

/** @throws Refused, Unsettled */
export function naivePatch(document: Attributes, operations: readonly Operation[]): Attributes {
  const after = afterAll(document, operations);
  const lists = LISTS.flatMap((name) =>
    Array.isArray(after[name]) ? [[name, onceEach(after[name] as readonly Attributes[])] as const] : [],
  );
  return { ...after, ...Object.fromEntries(lists) };
}

function afterAll(document: Attributes, operations: readonly Operation[]): Attributes {
  return operations.reduce(afterOne, document);
}

/** Keeps "the same (type, value) combination" once (RFC 7643 section 2.4), unless the elements contradict each other. */
function onceEach(elements: readonly Attributes[]): readonly Attributes[] {
  return elements.reduce<readonly Attributes[]>((all, next) => {
    const isSame = (one: Attributes) =>
      ['value', 'type'].every((part) => one[part] === next[part]) &&
      (one['display'] === next['display'] || next['display'] === undefined || one['display'] === undefined);
    const same = next['value'] === undefined ? -1 : all.findIndex(isSame);
    if (same === -1 && all.some((one) => JSON.stringify(one) === JSON.stringify(next))) return all;
    if (same === -1) return [...all, next];
    const isPrimary = all[same]?.['primary'] === true || next['primary'] === true;
    const both = { ...all[same], ...next, ...(isPrimary ? { primary: true } : {}) };
    return all.map((one, index) => (index === same ? both : one));
  }, []);
}

/** Unassigned, null and an empty list are the same (RFC 7643 section 2.5). */
export function assigned(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => !isUnassigned(value)));
}

function afterOne(document: Attributes, { op, path, value = null }: Operation): Attributes {
  const verb = op.toLowerCase() === 'replace' && value === null ? 'remove' : op.toLowerCase();
  if (path === undefined) return afterEach(document, op, '', value);
  if (path.toLowerCase() === ENT.toLowerCase()) {
    return verb === 'remove'
      ? assigned({ ...document, [ENT]: null })
      : afterEach(document, op, `${ENT}:`, value);
  }
  const [, urn = '', name = '', filter, part] =
    /^(?:(urn:.*:User)[:.])?(\w+)(?:\[(.*)\])?(?:\.(\w+))?$/i.exec(path) ?? [];
  const attribute = named(name);
  if (OWNED.includes(attribute)) return document;
  const isExtension = urn.toLowerCase() === ENT.toLowerCase() || attribute === 'manager';
  const home = isExtension ? objectOf(document[ENT]) : document;
  const after = LISTS.includes(attribute)
    ? listAfter(verb, (home[attribute] ?? []) as readonly Attributes[], filter, part && named(part), value)
    : singleAfter(verb, attribute, home[attribute], part && named(part), value);
  const changed = assigned({ ...home, [attribute]: after });
  if (!isExtension) return changed;
  return assigned({ ...document, [ENT]: Object.keys(changed).length === 0 ? null : changed });
}

/** "The target location is assumed to be the resource itself": each key is a path. */
function afterEach(document: Attributes, op: string, prefix: string, value: Json): Attributes {
  const each = Object.entries(objectOf(value));
  return afterAll(
    document,
    each.map(([key, inner]) => ({ op, path: prefix + key, value: inner })),
  );
}

function singleAfter(
  verb: string,
  name: string,
  before: Json = null,
  part: string | undefined,
  value: Json,
): Json {
  if (part !== undefined) {
    const parts = assigned({ ...objectOf(before), [part]: verb === 'remove' ? null : value });
    return Object.keys(parts).length === 0 || parts['value'] === '' ? null : parts;
  }
  if (verb === 'remove') return null;
  // Some clients wrap a single value in a list, and in an object.
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
  if (!COMPLEX.includes(name)) return typed(name, isObject(single) ? (single['value'] ?? null) : single);
  if (single === '' || objectOf(single)['value'] === '') return null;
  if (!isObject(single)) return { value: single };
  // "Sub-attributes that are not specified SHALL be left unchanged."
  return { ...objectOf(before), ...single };
}

function listAfter(
  verb: string,
  before: readonly Attributes[],
  filter: string | undefined,
  part: string | undefined,
  value: Json,
): Json {
  const given = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map(elementOf);
  if (filter === undefined && part === undefined) {
    if (verb === 'remove') return [];
    return withOnePrimary(before, verb === 'replace' ? given : given.reduce(withAdded, before));
  }
  const isMeant = filter === undefined ? isPrimaryOrOnly(before) : matcher(filter);
  const changed = (element: Attributes): Attributes => {
    if (part === undefined) return given[0] ?? {};
    const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
    return assigned({ ...element, [part]: verb === 'remove' ? null : typed(part, single) });
  };
  if (verb === 'remove' && part === undefined) return before.filter((element) => !isMeant(element));
  if (verb === 'remove' || before.some(isMeant)) {
    const after = before.map((element) => (isMeant(element) ? changed(element) : element));
    return withOnePrimary(
      before,
      after.filter((element) => Object.keys(element).length > 0),
    );
  }
  // Not `noTarget`, as in the RFC: clients also write to elements that do not exist yet.
  const made = { ...(filter === undefined ? {} : saidBy(filter)), ...changed({}) };
  if (filter !== undefined && !isMeant(made)) throw new Unsettled('The value contradicts the filter.');
  return withOnePrimary(before, [...before, made]);
}

/** "If the target location already contains the value specified, no changes SHOULD be made." */
function withAdded(elements: readonly Attributes[], given: Attributes): readonly Attributes[] {
  const has = (element: Attributes) => Object.entries(given).every(([key, value]) => element[key] === value);
  if (elements.some(has)) return elements;
  const isSame = ({ value, type }: Attributes) =>
    value === given['value'] && (given['type'] === undefined || type === given['type']);
  if (elements.some(isSame)) throw new Unsettled('An element with this value and type says something else.');
  return [...elements, given];
}

/** Setting "primary" of an element to true "SHALL cause the server to automatically set primary to false" for others. */
function withOnePrimary(before: readonly Attributes[], after: readonly Attributes[]): readonly Attributes[] {
  const written = after.filter((element) => element['primary'] === true && !before.includes(element));
  if (written.length > 1) throw new Unsettled('Several elements are said to be primary.');
  const [primary] = written;
  if (primary === undefined) return after;
  return after.map((element) =>
    element !== primary && element['primary'] === true ? { ...element, primary: false } : element,
  );
}

/** `emails.value` does not select an element. */
function isPrimaryOrOnly(elements: readonly Attributes[]): (element: Attributes) => boolean {
  const chosen =
    elements.length === 1 ? elements[0] : elements.find((element) => element['primary'] === true);
  if (elements.length > 0 && chosen === undefined) throw new Unsettled('No element is the primary one.');
  return (element) => element === chosen;
}

function clausesOf(filter: string): readonly { name: string; verb: string; text: string }[] {
  return filter.split(' and ').map((clause) => {
    const [name = '', verb = '', text = ''] = clause.split(' ');
    return { name: named(name), verb: verb.toLowerCase(), text: text.replaceAll('"', '') };
  });
}

function matcher(filter: string): (element: Attributes) => boolean {
  return (element) =>
    clausesOf(filter).every(({ name, verb, text }) => {
      const present = lowerText(element[name]);
      return verb === 'pr' ? present !== '' : (present === lowerText(text)) === (verb === 'eq');
    });
}

/** The element that the filter describes. */
function saidBy(filter: string): Attributes {
  return Object.fromEntries(
    clausesOf(filter).map(({ name, verb, text }) => {
      if (verb !== 'eq') throw new Refused('noTarget');
      return [name, typed(name, text)];
    }),
  );
}

function elementOf(given: Json): Attributes {
  if (!isObject(given)) return { value: given };
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [named(key), typed(key, value)]));
}

/** Clients write "True" for true. */
function typed(name: string, value: Json): Json {
  if (named(name) !== 'active' && named(name) !== 'primary') return value;
  return lowerText(value) === 'true';
}

function named(name: string): string {
  return NAMES.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

function lowerText(value: Json | undefined): string {
  return value === undefined || typeof value === 'object' ? '' : String(value).toLowerCase();
}

function isUnassigned(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function objectOf(value: Json | undefined): Attributes {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
