/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9): which attributes are returned. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { elementTest, type ElementTest } from '../filter/element-test.ts';
import { parseFilter } from '../filter/parse-filter.ts';

const ALWAYS: ReadonlySet<string> = new Set(['schemas', 'id']);
/** Lists that are not read at all when the client does not want them. */
const LEFT_OUT: ReadonlySet<string> = new Set(['members', 'groups']);
const MAX_NAMES = 100;
const MAX_LENGTH = 4_096;
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/;

/** An attribute by its path in lower case. A filter selects elements of a list, or one sub-attribute of them. */
interface Name {
  readonly path: string;
  readonly matches?: ElementTest;
  readonly part?: string;
}

export interface Projection {
  readonly attributes: readonly Name[] | undefined;
  readonly excluded: readonly Name[];
}

export const EVERYTHING: Projection = { attributes: undefined, excluded: [] };

/**
 * @param attributes, excludedAttributes as sent in the query: comma-separated names
 * @throws BridgeError invalid_filter for an invalid filter in brackets, too_many
 */
export function readProjection(
  attributes: string | undefined,
  excludedAttributes: string | undefined,
): Projection {
  const wanted = names(attributes);
  const excluded = names(excludedAttributes);
  if (wanted.length === 0 && excluded.length === 0) return EVERYTHING;
  return { attributes: wanted.length === 0 ? undefined : wanted, excluded };
}

/** Whether the attribute is returned. Callers ask before they read it. */
export function wants({ attributes, excluded }: Projection, attribute: string): boolean {
  if (attributes === undefined && excluded.length === 0) return true;
  const name = attribute.toLowerCase();
  if (excluded.some(({ path, matches }) => path === name && matches === undefined)) return false;
  if (attributes === undefined) return true;
  return attributes.some(({ path }) => path === name || beginsWithin(path, name));
}

/** Reduces a resource to the attributes to return. Takes and returns JSON text. */
export function projectText(resource: string, projection: Projection): string {
  if (isWhole(projection)) return resource;
  return JSON.stringify(project(JSON.parse(resource) as Attributes, projection));
}

/**
 * Reduces one element of a top-level list to the attributes to return, so that a long list is never in memory as a whole.
 * Takes and returns JSON text. @returns undefined when the element is not returned
 */
export function projectElement(list: string, element: string, projection: Projection): string | undefined {
  const { attributes, excluded } = projection;
  const isNamed = (name: Name) => name.path === list || beginsWithin(name.path, list);
  const whole = attributes === undefined || attributes.some((name) => name.path === list && isAll(name));
  if (whole && !excluded.some(isNamed)) return element;
  const projected = project({ [list]: [JSON.parse(element) as Json] }, projection)[list];
  const [kept] = Array.isArray(projected) ? (projected as readonly Json[]) : [];
  return kept === undefined ? undefined : JSON.stringify(kept);
}

function isWhole({ attributes, excluded }: Projection): boolean {
  return attributes === undefined && excluded.every(({ path }) => LEFT_OUT.has(path));
}

export function project(resource: Attributes, { attributes, excluded }: Projection): Attributes {
  const kept = attributes === undefined ? resource : keep(resource, attributes, '');
  return excluded.length === 0 ? kept : drop(kept, excluded, '');
}

function names(list: string | undefined): readonly Name[] {
  if (list === undefined) return [];
  if (list.length > MAX_LENGTH) {
    throw new BridgeError('too_many', `A list of attribute names can have at most ${MAX_LENGTH} characters.`);
  }
  return split(list)
    .slice(0, MAX_NAMES)
    .flatMap((text) => nameOf(text.trim()) ?? []);
}

/** Splits at the commas outside brackets. Quoted text within brackets may contain any character. */
function split(list: string): string[] {
  const parts: string[] = [];
  let [start, inBrackets, inQuotes] = [0, false, false];
  for (let index = 0; index < list.length; index += 1) {
    const character = list[index];
    if (inQuotes) {
      if (character === '\\') index += 1;
      else if (character === '"') inQuotes = false;
    } else if (inBrackets) {
      if (character === '"') inQuotes = true;
      else if (character === ']') inBrackets = false;
    } else if (character === '[') {
      inBrackets = true;
    } else if (character === ',') {
      parts.push(list.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, list.slice(start)];
}

/** @returns undefined for an empty name @throws BridgeError invalid_filter, too_many */
function nameOf(text: string): Name | undefined {
  const open = text.indexOf('[');
  const close = text.lastIndexOf(']');
  if (open !== -1 && close < open)
    throw new BridgeError('invalid_filter', `A bracket is not closed in "${text.slice(0, 100)}".`);
  const path = plain(open === -1 ? text : text.slice(0, open));
  if (path === '') return undefined;
  if (open === -1) return { path };
  const matches = elementTest(parseFilter(text.slice(open + 1, close)));
  const part = text.slice(close + 1).toLowerCase();
  return part.startsWith('.') ? { path, matches, part: part.slice(1) } : { path, matches };
}

/** Lower-cases the path and removes the core URN, which is redundant. */
function plain(path: string): string {
  return path.toLowerCase().replace(CORE, '');
}

function keep(resource: Attributes, wanted: readonly Name[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if (prefix === '' && ALWAYS.has(key)) return value;
    const named = wanted.filter((name) => name.path === path);
    if (named.some(isAll)) return value;
    const inside = separators(path).find((start) => wanted.some((name) => name.path.startsWith(start)));
    if (named.length === 0)
      return inside === undefined ? undefined : within(value, (part) => keep(part, wanted, inside));
    return chosen(value, named, (element, matching) => {
      if (matching.some(({ part }) => part === undefined)) return element;
      const parts = isObject(element) ? keep(element, [...wanted, ...partsOf(matching)], `${path}.`) : {};
      return Object.keys(parts).length === 0 ? undefined : parts;
    });
  });
}

function drop(resource: Attributes, excluded: readonly Name[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if (prefix === '' && ALWAYS.has(key)) return value;
    const named = excluded.filter((name) => name.path === path);
    if (named.some(isAll)) return undefined;
    const inside = separators(path).find((start) => excluded.some((name) => name.path.startsWith(start)));
    if (named.length === 0)
      return inside === undefined ? value : within(value, (part) => drop(part, excluded, inside));
    return chosen(value, named, (element, matching) => {
      if (matching.some(({ part }) => part === undefined)) return undefined;
      return isObject(element) ? drop(element, [...excluded, ...partsOf(matching)], `${path}.`) : element;
    });
  });
}

function isAll({ matches }: Name): boolean {
  return matches === undefined;
}

/** Maps each element of a list with `choose`, which also gets the names whose filter matches the element. */
function chosen(
  value: Json,
  named: readonly Name[],
  choose: (element: Json, matching: readonly Name[]) => Json | undefined,
): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).flatMap((element) => {
    const matching = named.filter(({ matches }) => matches?.(element));
    const kept = choose(element, matching);
    return kept === undefined ? [] : [kept];
  });
}

/** The names of the sub-attributes that these names select. */
function partsOf(matching: readonly Name[]): Name[] {
  return matching.flatMap(({ path, part }) => (part === undefined ? [] : [{ path: `${path}.${part}` }]));
}

function within(value: Json, change: (part: Attributes) => Attributes): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((element) => within(element, change));
  return isObject(value) ? change(value) : value;
}

/** The prefixes of names below `path`: `name.`, and for an extension `urn:…:`. */
function separators(path: string): readonly string[] {
  return [`${path}.`, `${path}:`];
}

function beginsWithin(path: string, name: string): boolean {
  return separators(name).some((start) => path.startsWith(start));
}

function mapEntries(resource: Attributes, map: (key: string, value: Json) => Json | undefined): Attributes {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const mapped = map(key, value);
      return mapped === undefined ? [] : [[key, mapped] as const];
    }),
  );
}
