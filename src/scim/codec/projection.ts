/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9): what of a resource is returned. */
import type { Attributes, Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { matchElement } from '../filter/match-element.ts';
import { parseFilter, type Filter } from '../filter/parse-filter.ts';
import { isObject } from './normalize-document.ts';

const ALWAYS: ReadonlySet<string> = new Set(['schemas', 'id']);
/** Lists that are not read at all when they are not wanted. */
const LEFT_OUT: ReadonlySet<string> = new Set(['members', 'groups']);
const MAX_NAMES = 100;
const MAX_LENGTH = 4_096;
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/;

/** An attribute by its path in lower case; with a filter, those elements of the list there. */
interface Name {
  readonly path: string;
  readonly filter: Filter | undefined;
}

export interface Projection {
  readonly attributes: readonly Name[] | undefined;
  readonly excluded: readonly Name[];
}

export const EVERYTHING: Projection = { attributes: undefined, excluded: [] };

/**
 * @param attributes, excludedAttributes as they came in the query: names with commas between them
 * @throws BridgeError invalid_filter for a filter in brackets that cannot be read, too_many
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

/** Whether that attribute is returned, before anything is read for it. */
export function wants({ attributes, excluded }: Projection, attribute: string): boolean {
  if (attributes === undefined && excluded.length === 0) return true;
  const name = attribute.toLowerCase();
  if (excluded.some(({ path, filter }) => path === name && filter === undefined)) return false;
  if (attributes === undefined) return true;
  return attributes.some(({ path }) => path === name || beginsWithin(path, name));
}

/** The resource, a JSON text, with what is to be returned of it. */
export function projectText(resource: string, projection: Projection): string {
  if (isWhole(projection)) return resource;
  return JSON.stringify(project(JSON.parse(resource) as Attributes, projection));
}

/** The same of a text in pieces, which stay pieces when nothing is to be taken out. */
export function projectPieces(resource: Iterable<string>, projection: Projection): Iterable<string> {
  return isWhole(projection) ? resource : [projectText([...resource].join(''), projection)];
}

function isWhole({ attributes, excluded }: Projection): boolean {
  return attributes === undefined && excluded.every(({ path }) => LEFT_OUT.has(path));
}

export function project(resource: Attributes, { attributes, excluded }: Projection): Attributes {
  const kept = attributes === undefined ? resource : keep(resource, attributes, '');
  return excluded.length === 0 ? kept : drop(kept, excluded, '');
}

/** The core URN in front of a name says nothing more. */
function names(list: string | undefined): readonly Name[] {
  if (list === undefined) return [];
  if (list.length > MAX_LENGTH) {
    throw new BridgeError('too_many', `A list of attributes may have ${MAX_LENGTH} characters.`);
  }
  const found = list.match(/(?:[^,[]|\[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\])+/g) ?? [];
  return found.slice(0, MAX_NAMES).flatMap((text): Name[] => {
    const [, path = '', filter, part = ''] = /^([^[]*)(?:\[(.*)\])?(\..*)?$/s.exec(text.trim()) ?? [];
    const name = (path + part).toLowerCase().replace(CORE, '');
    if (name === '') return [];
    // A part of some elements: the part of all of them is wanted or not.
    return [{ path: name, filter: filter === undefined || part !== '' ? undefined : parseFilter(filter) }];
  });
}

function keep(resource: Attributes, wanted: readonly Name[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if (prefix === '' && ALWAYS.has(key)) return value;
    const named = wanted.filter((name) => name.path === path);
    if (named.length > 0) return elementsOf(value, named, true);
    const inside = separators(path).find((start) => wanted.some((name) => name.path.startsWith(start)));
    return inside === undefined ? undefined : within(value, (part) => keep(part, wanted, inside));
  });
}

function drop(resource: Attributes, excluded: readonly Name[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if (prefix === '' && ALWAYS.has(key)) return value;
    const named = excluded.filter((name) => name.path === path);
    if (named.length > 0) return elementsOf(value, named, false);
    const inside = separators(path).find((start) => excluded.some((name) => name.path.startsWith(start)));
    return inside === undefined ? value : within(value, (part) => drop(part, excluded, inside));
  });
}

/** All of a value, or of a list the elements that a filter names (or, when they are left out, the others). */
function elementsOf(value: Json, named: readonly Name[], kept: boolean): Json | undefined {
  const filters = named.map(({ filter }) => filter);
  if (filters.includes(undefined) || !Array.isArray(value)) return kept ? value : undefined;
  return (value as readonly Json[]).filter(
    (element) => kept === filters.some((filter) => filter !== undefined && matchElement(filter, element)),
  );
}

/** What a name inside begins with: `name.`, and for an extension `urn:…:`. */
function separators(path: string): readonly string[] {
  return [`${path}.`, `${path}:`];
}

function beginsWithin(path: string, name: string): boolean {
  return separators(name).some((start) => path.startsWith(start));
}

function within(value: Json, change: (part: Attributes) => Attributes): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((element) => within(element, change));
  return isObject(value) ? change(value) : value;
}

function mapEntries(resource: Attributes, map: (key: string, value: Json) => Json | undefined): Attributes {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const mapped = map(key, value);
      return mapped === undefined ? [] : [[key, mapped] as const];
    }),
  );
}
