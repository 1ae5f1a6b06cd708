/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9): what of a resource is returned. */
import type { Attributes, Json } from '../../directory/attributes.ts';
import { isObject } from './normalize-document.ts';

const ALWAYS: ReadonlySet<string> = new Set(['schemas', 'id']);
const MAX_NAMES = 100;

export interface Projection {
  readonly attributes: readonly string[] | undefined;
  readonly excluded: readonly string[];
}

/** @param attributes, excludedAttributes as they came in the query */
export function readProjection(
  attributes: string | undefined,
  excludedAttributes: string | undefined,
): Projection {
  const wanted = names(attributes);
  return { attributes: wanted.length === 0 ? undefined : wanted, excluded: names(excludedAttributes) };
}

/** Whether that attribute is returned, before anything is read for it. */
export function wants({ attributes, excluded }: Projection, attribute: string): boolean {
  const name = attribute.toLowerCase();
  if (excluded.includes(name)) return false;
  return (
    attributes === undefined || attributes.some((wanted) => wanted === name || wanted.startsWith(`${name}.`))
  );
}

export function project(resource: Attributes, { attributes, excluded }: Projection): Attributes {
  const kept = attributes === undefined ? resource : keep(resource, attributes, '');
  return excluded.length === 0 ? kept : drop(kept, excluded, '');
}

/** Lower-cased, without filters in brackets; the core URN in front of a name says nothing more. */
function names(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const bare = list.replaceAll(/\[[^\]]*\]/g, '').split(',', MAX_NAMES);
  return bare
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/, ''),
    )
    .filter((name) => name !== '');
}

function keep(resource: Attributes, wanted: readonly string[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if ((prefix === '' && ALWAYS.has(key)) || wanted.includes(path)) return value;
    const inside = separators(path).filter((start) => wanted.some((name) => name.startsWith(start)));
    return inside[0] === undefined ? undefined : within(value, (part) => keep(part, wanted, inside[0] ?? ''));
  });
}

function drop(resource: Attributes, excluded: readonly string[], prefix: string): Attributes {
  return mapEntries(resource, (key, value) => {
    const path = prefix + key.toLowerCase();
    if (prefix === '' && ALWAYS.has(key)) return value;
    if (excluded.includes(path)) return undefined;
    const inside = separators(path).filter((start) => excluded.some((name) => name.startsWith(start)));
    return inside[0] === undefined ? value : within(value, (part) => drop(part, excluded, inside[0] ?? ''));
  });
}

/** What a name inside begins with: `name.`, and for an extension `urn:…:`. */
function separators(path: string): readonly string[] {
  return [`${path}.`, `${path}:`];
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
