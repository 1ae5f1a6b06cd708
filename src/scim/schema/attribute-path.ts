/** Reads the path of an attribute: `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`. */
import { isObject, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import type { AttributeInfo, ResourceSchema } from './resource-schema.ts';
import {
  describedExtensions,
  isUrn,
  splitKnown,
  splitUnknown,
  withoutCoreUrn,
  type SplitUrn,
} from './split-urn.ts';
import { ENTERPRISE } from './urns.ts';

/** Of a path or a key, in characters. */
export const MAX_PATH_LENGTH = 1_024;
const NAME = /^[\p{L}$_][\p{L}\p{N}$_-]*$/u;
const PATH = /^([^[\].]+)(?:\[(.*)\])?(?:\.([^[\].]+))?$/s;
const URN = /^urn:[^\s[\]"]+$/i;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface AttributePath {
  /** The extension that the attribute belongs to; null for a core attribute. */
  readonly extension: string | null;
  /** In the schema's spelling when it knows it; null when the path names a schema as a whole. */
  readonly attribute: string | null;
  /** What stands between the brackets. */
  readonly filter: string | null;
  readonly part: string | null;
  /** What the schema says of the attribute; undefined for one it does not know. */
  readonly info: AttributeInfo | undefined;
}

/** What stands around a path, where that says which part of it is a URN. */
export interface Around {
  /** Extensions that the resource has. */
  readonly extensions?: Iterable<string>;
  /** What is written to the path. */
  readonly value?: Json | undefined;
}

/** @throws BridgeError invalid_path */
export function parseAttributePath(schema: ResourceSchema, path: string, around: Around = {}): AttributePath {
  const text = path.trim();
  if (text.length > MAX_PATH_LENGTH) throw invalid(path, `is longer than ${MAX_PATH_LENGTH} characters`);
  if (text === '') throw invalid(path, 'is empty');
  const name = withoutCoreUrn(schema, text);
  if (name === '') return whole(null);
  const { extension, rest } = split(schema, aliasOf(schema, name) ?? name, around);
  if (extension !== null && !URN.test(extension)) throw invalid(path, 'is not an attribute path');
  if (rest === '') return whole(extension);
  const [, attribute = '', filter = null, part = null] = PATH.exec(rest) ?? [];
  if (!isName(attribute) || (part !== null && !isName(part))) throw invalid(path, 'is not an attribute path');
  return { ...described(schema, extension, attribute, part), filter };
}

/** A name that an attribute can have: not one that reaches an object's prototype. */
export function isName(word: string): boolean {
  return NAME.test(word) && !isForbidden(word);
}

/** Whether a key reaches an object's prototype, by itself or for a reader that splits it at its dots. */
export function isForbidden(key: string): boolean {
  return key.split('.').some((word) => FORBIDDEN.has(word.trim()));
}

/** A schema as a whole: an extension, or the core schema. */
export function whole(extension: string | null): AttributePath {
  return { extension, attribute: null, filter: null, part: null, info: undefined };
}

/** The attribute, or one part of it, under the names that the schema has for them. */
export function described(
  schema: ResourceSchema,
  extension: string | null,
  attribute: string,
  part: string | null,
): AttributePath {
  const info = attributesOf(schema, extension)?.get(attribute.toLowerCase());
  return {
    extension,
    attribute: info?.name ?? attribute,
    filter: null,
    part: part === null ? null : (info?.parts.get(part.toLowerCase())?.name ?? part),
    info,
  };
}

/** Some clients leave the URN out in front of the manager. */
export function aliasOf(schema: ResourceSchema, name: string): string | undefined {
  const isManager = schema.extensions.has(ENTERPRISE.toLowerCase()) && /^manager($|\.)/i.test(name);
  return isManager ? `${ENTERPRISE}:${name}` : undefined;
}

function attributesOf(
  schema: ResourceSchema,
  extension: string | null,
): ReadonlyMap<string, AttributeInfo> | undefined {
  return extension === null ? schema.attributes : schema.extensions.get(extension.toLowerCase())?.attributes;
}

function split(
  schema: ResourceSchema,
  name: string,
  { extensions = [], value }: Around,
): SplitUrn | { readonly extension: null; readonly rest: string } {
  if (!isUrn(name)) return { extension: null, rest: name };
  const isPath = (rest: string) => isName(PATH.exec(rest)?.[1] ?? '');
  const known = splitKnown([...describedExtensions(schema), ...extensions], name, isPath);
  if (known !== undefined) return known;
  const bracket = name.indexOf('[');
  const [head, tail] = bracket === -1 ? [name, ''] : [name.slice(0, bracket), name.slice(bracket)];
  const unknown = splitUnknown(schema, head);
  const isWhole =
    unknown === undefined ||
    !isPath(unknown.rest) ||
    head.endsWith(`:${schema.definition.name}`) ||
    // An object is an extension unless its schema is named after the resource.
    (isObject(value) && !unknown.extension.endsWith(`:${schema.definition.name}`));
  if (tail === '' && isWhole) return { extension: name, rest: '' };
  return unknown === undefined ? { extension: name, rest: '' } : { ...unknown, rest: unknown.rest + tail };
}

function invalid(path: string, problem: string): BridgeError {
  return new BridgeError('invalid_path', `The path "${path.slice(0, 100)}" ${problem}.`);
}
