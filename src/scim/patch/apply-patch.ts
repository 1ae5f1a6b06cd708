/**
 * Applies operations to a document, in order and all of them, or throws and leaves it as it was (RFC 7644 section
 * 3.5.2). What the document then means is checked when it is read again, not here.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { attempt, nameOf, normalizeValue, type Skip } from '../codec/normalize-document.ts';
import { isLeftOut, isReadOnly } from '../codec/owned-attributes.ts';
import { keyOf, objectAt, targetIn, type Target } from '../codec/target.ts';
import { extensionsIn, parseKey, within } from '../schema/attribute-key.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import { userSchema, type ResourceSchema } from '../schema/resource-schema.ts';
import { isUrn } from '../schema/split-urn.ts';
import { patchElements } from './patch-elements.ts';
import type { PatchOperation } from './parse-patch.ts';

type Draft = Record<string, Json>;
type Verb = PatchOperation['op'];

const MAX_WRITES = 2_000;

/**
 * @param skip told of each attribute that cannot be written, which then stays as it was
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
  const isActive = ({ extension, attribute }: AttributePath) =>
    schema === userSchema && extension === null && attribute === 'active';
  let writes = 0;

  /** Whether a person is active is read however much else the request writes. */
  function assertFew(name: string): void {
    writes += 1;
    if (writes <= MAX_WRITES || (skip !== undefined && /\bactive$/i.test(name))) return;
    throw new BridgeError('too_many', `A PATCH may write ${MAX_WRITES} attributes: send it in parts.`);
  }

  /** A schema as a whole is written attribute by attribute. */
  function writeAt(at: AttributePath, op: Verb, value: Json | undefined): void {
    if (isLeftOut(at)) return;
    const { extension, attribute } = at;
    if (attribute !== null || (extension !== null && op === 'remove')) {
      applyAt(draft, at, op, value);
    } else if (extension === null && (op === 'remove' || value === null)) {
      throw new BridgeError('no_target', 'The attributes of the core schema are removed one by one.');
    } else if (value === null) {
      if (op === 'replace') applyAt(draft, at, 'remove', null);
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
        const at = pathOf(key, value);
        if (at !== undefined) writeAt(at, op, value);
      };
      attempt(writeKey, key, skip);
    }
  }

  /** What the path names, which the request says by itself: it is not passed over in silence. */
  function writePath(path: string, op: Verb, value: Json | undefined): void {
    assertFew(path);
    const at = pathAt(draft, path, value);
    const empties = op === 'remove' || (op === 'replace' && value === null);
    if (isReadOnly(at)) {
      throw new BridgeError(
        'mutability',
        `The attribute "${nameOf(at)}" is read-only: leave it out of the PATCH.`,
      );
    }
    if (empties && isActive(at)) {
      throw new BridgeError(
        'mutability',
        'The attribute "active" cannot be removed: set it to true or false.',
      );
    }
    writeAt(at, op, value);
  }

  function keyAt(home: Attributes, key: string, value: Json): AttributePath | undefined {
    const at = parseKey(schema, key, value, isUrn(key) ? extensionsIn(schema, home) : []);
    const isPath = at?.extension === null && key.includes('[') && !Object.hasOwn(home, key);
    if (!isPath) return at;
    try {
      return parseAttributePath(schema, key);
    } catch (error) {
      if (error instanceof BridgeError) return at;
      throw error;
    }
  }

  function pathAt(home: Attributes, path: string, value: Json | undefined): AttributePath {
    try {
      return parseAttributePath(schema, path, {
        extensions: isUrn(path.trim()) ? extensionsIn(schema, home) : [],
        value,
      });
    } catch (error) {
      // A document may have keys that are not the path of anything.
      const at = Object.hasOwn(home, path) ? parseKey(schema, path, value ?? null, []) : undefined;
      if (at === undefined) throw error;
      return at;
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

function applyAt(draft: Draft, at: AttributePath, op: Verb, value: Json | undefined): void {
  const extension = at.extension === null ? null : keyOf(draft, at.extension);
  if (at.attribute === null) {
    // An extension as a whole is only ever taken away.
    Reflect.deleteProperty(draft, extension ?? '');
    return;
  }
  if (op !== 'remove' && value === undefined) {
    throw new BridgeError('invalid_value', `The operation on "${nameOf(at)}" has no "value".`);
  }
  // Null says nothing (RFC 7643 section 2.5): there is nothing to add.
  if (op === 'add' && value === null) return;
  const home: Draft = extension === null ? draft : { ...objectAt(draft, extension) };
  const target = targetIn(home, at);
  const { attribute: key } = target;
  const after = patched(target, Object.hasOwn(home, key) ? home[key] : undefined, op, value ?? null);
  if (after === undefined) Reflect.deleteProperty(home, key);
  else home[key] = after;
  if (extension === null) return;
  if (Object.keys(home).length === 0) Reflect.deleteProperty(draft, extension);
  else draft[extension] = home;
}

/** @returns what the attribute is afterwards; undefined when it is gone */
function patched(at: Target, before: Json | undefined, op: Verb, value: Json): Json | undefined {
  const { attribute, part, filter, info } = at;
  // What no schema describes is replaced as it is sent.
  const isVerbatim = info === undefined && part === null && op === 'replace';
  const isList =
    info?.multiValued === true ||
    filter !== null ||
    (info === undefined && !isVerbatim && Array.isArray(before));
  if (isList) return patchElements(at, before, op, value);
  if (op === 'remove' && info?.required === true && part === null) {
    throw new BridgeError('mutability', `The attribute "${info.name}" cannot be taken away.`);
  }
  if (part !== null) return patchPart(at, part, before, op === 'remove' ? null : value);
  if (op === 'remove') return undefined;
  const after = normalizeValue(attribute, info, value) ?? undefined;
  // The parts that are named are set, the others stay.
  return isObject(before) && isObject(after) ? { ...before, ...after } : after;
}

/** @param value null takes the part away */
function patchPart(
  { attribute, info }: Target,
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
