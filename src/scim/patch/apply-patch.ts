/**
 * Applies all operations to a document in order, or throws and leaves the document unchanged (RFC 7644 section 3.5.2).
 * The resulting document is validated when it is read again, not here.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { attempt, nameOf, type Skip } from '../codec/normalize-document.ts';
import { normalizeValue } from '../codec/normalize-value.ts';
import { isLeftOut, isReadOnly } from '../codec/owned-attributes.ts';
import { keyOf, objectAt, targetIn, type ResolvedPath } from '../codec/target.ts';
import { extensionsIn, parseKey, within } from '../schema/attribute-key.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import { userSchema, type AttributeInfo, type ResourceSchema } from '../schema/resource-schema.ts';
import { isUrn } from '../schema/split-urn.ts';
import { patchElements } from './patch-elements.ts';
import type { PatchOperation } from './parse-patch.ts';

type Draft = Record<string, Json>;
type Verb = PatchOperation['op'];

const MAX_WRITES = 2_000;

/**
 * @param skip called for each attribute that cannot be written; the attribute keeps its value
 * @returns a new document
 * @throws BridgeError invalid_path, invalid_filter, no_target, invalid_value, mutability, too_many when there is no `skip`
 */
export function applyPatch(
  schema: ResourceSchema,
  document: Attributes,
  operations: readonly PatchOperation[],
  skip?: Skip,
): Attributes {
  const draft = structuredClone<Draft>(document);
  /** `active` without a value keeps the value that it has, as in a PUT without `active`: null deactivates nobody. */
  const isActive = ({ extension, attribute }: AttributePath) =>
    schema === userSchema && extension === null && attribute === 'active';
  let writes = 0;

  /** Counts a write. `active` does not count when `skip` is given, so that a user is deactivated in any case. */
  function assertFew(name: string): void {
    writes += 1;
    if (writes <= MAX_WRITES || (skip !== undefined && /\bactive$/i.test(name))) return;
    throw new BridgeError(
      'too_many',
      `A PATCH can write at most ${MAX_WRITES} attributes: split it into several requests.`,
    );
  }

  /** Writes one attribute. A path that names a whole schema is written attribute by attribute. */
  function writeAt(path: AttributePath, op: Verb, value: Json | undefined): void {
    if (isLeftOut(path)) return;
    const { extension, attribute } = path;
    if (isActive(path) && isUnassigned(value)) return;
    if (attribute !== null || (extension !== null && op === 'remove')) {
      applyAt(draft, path, op, value);
    } else if (value === null && op === 'add') {
      // Null means "no value" (RFC 7643 section 2.5), so there is nothing to add.
    } else if (extension === null && (op === 'remove' || value === null)) {
      throw new BridgeError(
        'no_target',
        'The core schema cannot be removed: remove its attributes one by one.',
      );
    } else if (value === null) {
      applyAt(draft, path, 'remove', null);
    } else if (isObject(value)) {
      writeEach(value, op, (key, inner) =>
        extension === null ? keyAt(draft, key, inner) : within(schema, extension, key),
      );
    } else {
      throw new BridgeError(
        'invalid_value',
        `The value of "${extension ?? 'the core schema'}" must be an object.`,
      );
    }
  }

  function writeEach(
    values: Attributes,
    op: Verb,
    pathOf: (key: string, value: Json) => AttributePath | undefined,
  ): void {
    for (const [key, value] of Object.entries(values)) {
      const writeKey = () => {
        assertFew(key);
        const path = pathOf(key, value);
        if (path !== undefined) writeAt(path, op, value);
      };
      attempt(writeKey, key, skip);
    }
  }

  /** Writes to an explicit path. A read-only attribute is an error here, but is ignored as a key of a value. */
  function writePath(text: string, op: Verb, value: Json | undefined): void {
    assertFew(text);
    const path = pathAt(draft, text, value);
    if (isReadOnly(path)) {
      throw new BridgeError('mutability', `"${nameOf(path)}" is read-only: remove it from the PATCH.`);
    }
    if (op === 'remove' && isActive(path)) {
      throw new BridgeError('mutability', '"active" cannot be removed: set it to true or false.');
    }
    writeAt(path, op, value);
  }

  function keyAt(home: Attributes, key: string, value: Json): AttributePath | undefined {
    const path = parseKey(schema, key, value, isUrn(key) ? extensionsIn(schema, home) : []);
    const isPath = path?.extension === null && key.includes('[') && !Object.hasOwn(home, key);
    if (!isPath) return path;
    try {
      return parseAttributePath(schema, key);
    } catch (error) {
      if (error instanceof BridgeError) return path;
      throw error;
    }
  }

  function pathAt(home: Attributes, text: string, value: Json | undefined): AttributePath {
    try {
      return parseAttributePath(schema, text, {
        extensions: isUrn(text.trim()) ? extensionsIn(schema, home) : [],
        value,
      });
    } catch (error) {
      // A document may have keys that are not valid paths.
      const path = Object.hasOwn(home, text) ? parseKey(schema, text, value ?? null, []) : undefined;
      if (path === undefined) throw error;
      return path;
    }
  }

  for (const { op, path, value } of operations) {
    if (path === undefined) writeEach(value as Attributes, op, (key, inner) => keyAt(draft, key, inner));
    else
      attempt(
        () => {
          writePath(path, op, value);
        },
        path,
        skip,
      );
  }
  return draft;
}

function applyAt(draft: Draft, path: AttributePath, op: Verb, value: Json | undefined): void {
  const extension = path.extension === null ? null : keyOf(draft, path.extension);
  if (path.attribute === null) {
    // A whole extension can only be removed here.
    Reflect.deleteProperty(draft, extension ?? '');
    return;
  }
  if (op !== 'remove' && value === undefined) {
    throw new BridgeError('invalid_value', `The operation on "${nameOf(path)}" has no "value".`);
  }
  if (op === 'add' && value === null) return;
  const home: Draft = extension === null ? draft : { ...objectAt(draft, extension) };
  const target = targetIn(home, path);
  const { attribute: key } = target;
  const after = patched(target, Object.hasOwn(home, key) ? home[key] : undefined, op, value ?? null);
  if (after === undefined) Reflect.deleteProperty(home, key);
  else home[key] = after;
  if (extension === null) return;
  if (Object.keys(home).length === 0) Reflect.deleteProperty(draft, extension);
  else draft[extension] = home;
}

/** @returns the new value of the attribute; undefined when it is removed */
function patched(target: ResolvedPath, before: Json | undefined, op: Verb, value: Json): Json | undefined {
  const { attribute, part, filter, info } = target;
  // An attribute that no schema describes is stored as it was sent.
  const isVerbatim = info === undefined && part === null && op === 'replace';
  const isList =
    info?.multiValued === true ||
    filter !== null ||
    (info === undefined && !isVerbatim && Array.isArray(before));
  if (isList) return patchElements(target, before, op, value);
  if (op === 'remove' && info?.required === true && part === null) {
    throw new BridgeError('mutability', `"${info.name}" is required and cannot be removed.`);
  }
  if (part !== null) return patchPart(target, part, before, op === 'remove' ? null : value);
  if (op === 'remove') return undefined;
  const after = normalizeValue(attribute, info, value) ?? undefined;
  return isObject(before) ? patchComplex(info, before, after, op, value) : after;
}

/** Sub-attributes in the value are set, those that are replaced with null are removed, and the others keep their values. */
function patchComplex(
  info: AttributeInfo | undefined,
  before: Attributes,
  after: Json | undefined,
  op: Verb,
  value: Json,
): Json | undefined {
  const nulls = nullParts(info, value);
  if (op === 'add' && after === undefined && nulls.length > 0) return before;
  // Without its `value`, an attribute such as the manager is removed.
  const isRemoved = after === undefined && (nulls.length === 0 || info?.parts.has('value') === true);
  if (isRemoved || (after !== undefined && !isObject(after))) return after;
  const parts: Draft = { ...before, ...after };
  if (op !== 'replace' || nulls.length === 0) return parts;
  for (const part of nulls) Reflect.deleteProperty(parts, part);
  return Object.keys(parts).length === 0 ? undefined : parts;
}

/** Sub-attributes that are null in the value. An attribute that no schema describes keeps its nulls. */
function nullParts(info: AttributeInfo | undefined, value: Json): readonly string[] {
  const single = Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
  if (info === undefined || !isObject(single)) return [];
  const names = Object.keys(single).filter((key) => single[key] === null);
  return names.map((key) => info.parts.get(key.toLowerCase())?.name ?? key);
}

/** Null and an empty list are no value (RFC 7643 section 2.5). */
function isUnassigned(value: Json | undefined): boolean {
  return value === null || (Array.isArray(value) && value.every((element) => element === null));
}

/** @param value null removes the sub-attribute */
function patchPart(
  { attribute, info }: ResolvedPath,
  part: string,
  before: Json | undefined,
  value: Json,
): Json | undefined {
  const parts: Draft = isObject(before) ? { ...before } : {};
  const partInfo = info?.parts.get(part.toLowerCase());
  const after = value === null ? undefined : normalizeValue(`${attribute}.${part}`, partInfo, value);
  if (after === undefined) Reflect.deleteProperty(parts, part);
  else parts[part] = after;
  return Object.keys(parts).length === 0 ? undefined : parts;
}
