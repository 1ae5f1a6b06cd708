/** Parses the path of an attribute: `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`. */
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

/** The maximum length of a path or a key, in characters. */
export const MAX_PATH_LENGTH = 1_024;
const NAME = /^[\p{L}$_][\p{L}\p{N}$_-]*$/u;
const PATH = /^([^[\].]+)(?:\[(.*)\])?(?:\.([^[\].]+))?$/s;
const URN = /^urn:[^\s[\]"]+$/i;
const ENTERPRISE_KEY = ENTERPRISE.toLowerCase();
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface AttributePath {
  /** The extension that the attribute belongs to; null for a core attribute. */
  readonly extension: string | null;
  /** In the schema's spelling if the schema has it; null when the path is a whole schema. */
  readonly attribute: string | null;
  /** The text between the brackets. */
  readonly filter: string | null;
  /** The sub-attribute. */
  readonly part: string | null;
  /** The schema's description of the attribute; undefined for an unknown attribute. */
  readonly info: AttributeInfo | undefined;
}

/** The context of a path, which helps to find out which part of it is a URN. */
export interface PathContext {
  /** The extensions that the resource has. */
  readonly extensions?: Iterable<string>;
  /** The value that is written to the path. */
  readonly value?: Json | undefined;
}

/** @throws BridgeError invalid_path */
export function parseAttributePath(
  schema: ResourceSchema,
  path: string,
  context: PathContext = {},
): AttributePath {
  const text = path.trim();
  if (text.length > MAX_PATH_LENGTH) throw invalid(path, `is longer than ${MAX_PATH_LENGTH} characters`);
  if (text === '') throw invalid(path, 'is empty');
  const name = withoutCoreUrn(schema, text);
  if (name === '') return whole(null);
  const { extension, rest } = split(schema, aliasOf(schema, name) ?? name, context);
  if (extension !== null && !URN.test(extension)) throw invalid(path, 'is not an attribute path');
  if (rest === '') return whole(extension);
  const [, attribute = '', filter = null, part = null] = PATH.exec(rest) ?? [];
  if (!isName(attribute) || (part !== null && !isName(part))) throw invalid(path, 'is not an attribute path');
  return { ...described(schema, extension, attribute, part), filter };
}

/** Whether an attribute can have this name. Names that reach an object's prototype are excluded. */
export function isName(word: string): boolean {
  return NAME.test(word) && !isForbidden(word);
}

/** Whether a key reaches an object's prototype, as a whole or when it is split at its dots. */
export function isForbidden(key: string): boolean {
  if (!key.includes('.')) return FORBIDDEN.has(key.trim());
  return key.split('.').some((word) => FORBIDDEN.has(word.trim()));
}

/** The path of a whole schema: an extension, or the core schema when null. */
export function whole(extension: string | null): AttributePath {
  return { extension, attribute: null, filter: null, part: null, info: undefined };
}

/** The path of an attribute or sub-attribute, in the schema's spelling. */
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

/** Some clients omit the URN in front of `manager`. */
export function aliasOf(schema: ResourceSchema, name: string): string | undefined {
  const isManager = /^manager($|\.)/i.test(name) && schema.extensions.has(ENTERPRISE_KEY);
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
  { extensions = [], value }: PathContext,
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
