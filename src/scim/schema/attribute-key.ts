/**
 * Parses a key of a document into the same paths that a PATCH has, so that the spelling of a name never matters. Every key
 * is accepted: a key that is not a valid path is an attribute with exactly that name.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import {
  aliasOf,
  described,
  isForbidden,
  isName,
  MAX_PATH_LENGTH,
  whole,
  type AttributePath,
} from './attribute-path.ts';
import type { ResourceSchema } from './resource-schema.ts';
import { describedExtensions, isUrn, splitKnown, splitUnknown, withoutCoreUrn } from './split-urn.ts';

/** The number of entries of `schemas` that are read. */
const MAX_SCHEMAS = 100;

/**
 * Parses a key at the top level of a document or of the value of a PATCH.
 * @param value the value of the key: an object under a URN is an extension, whatever the URN looks like
 * @param extensions the extensions that the document has
 * @returns undefined for a key that is never stored: it reaches an object's prototype, is too long, or is the core schema's
 * URN without an object
 */
export function parseKey(
  schema: ResourceSchema,
  key: string,
  value: Json,
  extensions: Iterable<string>,
): AttributePath | undefined {
  if (key.length > MAX_PATH_LENGTH) return undefined;
  // Most keys are just the name of an attribute.
  const plain = described(schema, null, key, null);
  if (plain.info !== undefined) return plain;
  const core = withoutCoreUrn(schema, key);
  if (core === '' && key !== '') return isObject(value) ? whole(null) : undefined;
  const name = aliasOf(schema, core) ?? core;
  if (!isUrn(name)) return within(schema, null, name);
  const inDescribed = splitKnown(describedExtensions(schema), name, () => true);
  if (inDescribed !== undefined) return inExtension(schema, inDescribed);
  if (isObject(value)) return whole(sameUrn(extensions, name) ?? name);
  const known = splitKnown(extensions, name, (rest) => !rest.includes(':'));
  // A single value is an attribute, even if an extension has the same name. Null can be either.
  const found =
    known !== undefined && (known.rest !== '' || value === null) ? known : splitUnknown(schema, name);
  return found === undefined ? within(schema, null, name) : inExtension(schema, found);
}

/**
 * Parses a key inside an extension, or of the core schema when `extension` is null. The key is an attribute, or a
 * sub-attribute after a dot.
 * @returns undefined for a key that is never stored
 */
export function within(
  schema: ResourceSchema,
  extension: string | null,
  key: string,
): AttributePath | undefined {
  if (key.length > MAX_PATH_LENGTH || isForbidden(key)) return undefined;
  const plain = described(schema, extension, key.trim(), null);
  if (plain.info !== undefined) return plain;
  const [head = '', part, ...more] = key.trim().split('.');
  if (part === undefined || more.length > 0 || !isName(head) || !isName(part))
    return { ...plain, attribute: key };
  const dotted = described(schema, extension, head, part);
  const hasParts = dotted.info === undefined || dotted.info.type === 'complex';
  return hasParts ? dotted : { ...plain, attribute: key };
}

/** The extensions that a document has or lists in `schemas`. They are used to split other keys. */
export function extensionsIn(schema: ResourceSchema, document: Attributes): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(document)) {
    if (key.toLowerCase() === 'schemas') for (const urn of named(schema, value)) found.add(urn);
    if (!isUrn(key) || key.length > MAX_PATH_LENGTH) continue;
    const extension = isObject(value) ? key : splitUnknown(schema, key)?.extension;
    if (extension !== undefined) found.add(extension);
  }
  return found;
}

/** The extensions in a list of schemas. */
function named(schema: ResourceSchema, schemas: Json): readonly string[] {
  if (!Array.isArray(schemas)) return [];
  const urns = (schemas as readonly Json[]).slice(0, MAX_SCHEMAS).filter((urn) => typeof urn === 'string');
  return urns.filter(
    (urn) => urn.length <= MAX_PATH_LENGTH && isUrn(urn) && withoutCoreUrn(schema, urn) === urn,
  );
}

function inExtension(
  schema: ResourceSchema,
  { extension, rest }: { readonly extension: string; readonly rest: string },
): AttributePath | undefined {
  return rest === '' ? whole(extension) : within(schema, extension, rest);
}

function sameUrn(extensions: Iterable<string>, urn: string): string | undefined {
  const lower = urn.toLowerCase();
  let found: string | undefined;
  for (const extension of extensions) {
    if (extension === urn) return urn;
    if (extension.toLowerCase() === lower) found ??= extension;
  }
  return found;
}
