/**
 * Applies operations to a document, in order and all of them, or throws and leaves it as it was (RFC 7644 section
 * 3.5.2). What the document then means is checked when it is read again, not here.
 */
import type { Attributes, Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { isIgnored, isObject } from '../codec/normalize-document.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { patchElements } from './patch-elements.ts';
import type { PatchOperation } from './parse-patch.ts';

type Draft = Record<string, Json>;

/** @returns a new document @throws BridgeError invalid_path, invalid_filter, no_target, invalid_value */
export function applyPatch(
  schema: ResourceSchema,
  document: Attributes,
  operations: readonly PatchOperation[],
): Attributes {
  const draft = structuredClone<Draft>(document);
  for (const operation of operations) apply(schema, draft, operation);
  return draft;
}

function apply(schema: ResourceSchema, draft: Draft, operation: PatchOperation): void {
  const { op, path, value } = operation;
  if (path !== undefined) {
    if (isIgnored(path)) return;
    applyAt(schema, draft, parseAttributePath(schema, path), op, value);
    return;
  }
  for (const [key, inner] of Object.entries(value as Attributes)) {
    if (!isIgnored(key)) applyAt(schema, draft, parseAttributePath(schema, key), op, inner);
  }
}

function applyAt(
  schema: ResourceSchema,
  draft: Draft,
  at: AttributePath,
  op: PatchOperation['op'],
  value: Json | undefined,
): void {
  const { extension, attribute } = at;
  if (attribute === null) {
    applyToExtension(schema, draft, extension ?? '', op, value);
    return;
  }
  if (extension === null && isIgnored(attribute)) return;
  if (op !== 'remove' && value === undefined) {
    throw new BridgeError('invalid_value', `The operation on "${attribute}" has no "value".`);
  }
  const home = extension === null ? draft : objectAt(draft, extension);
  const name = Object.keys(home).find((key) => key.toLowerCase() === attribute.toLowerCase()) ?? attribute;
  const after = patched(at, home[name], op, value ?? null);
  if (after === undefined) Reflect.deleteProperty(home, name);
  else home[name] = after;
  if (extension !== null && Object.keys(home).length === 0) Reflect.deleteProperty(draft, extension);
}

/** An extension as a whole: its attributes one by one, or all of them gone. */
function applyToExtension(
  schema: ResourceSchema,
  draft: Draft,
  extension: string,
  op: PatchOperation['op'],
  value: Json | undefined,
): void {
  if (op === 'remove') {
    Reflect.deleteProperty(draft, extension);
    return;
  }
  if (!isObject(value))
    throw new BridgeError('invalid_value', `The value of "${extension}" is to be an object.`);
  for (const [name, inner] of Object.entries(value)) {
    applyAt(schema, draft, parseAttributePath(schema, `${extension}:${name}`), op, inner);
  }
}

/** @returns what the attribute is afterwards; undefined when it is gone */
function patched(
  at: AttributePath,
  before: Json | undefined,
  op: PatchOperation['op'],
  value: Json,
): Json | undefined {
  const isList = at.info?.multiValued === true || Array.isArray(before) || at.filter !== null;
  if (isList) return patchElements(at, before, op, value);
  if (at.part !== null) return patchPart(at.part, before, op, value);
  if (op === 'remove' || value === null) return undefined;
  // The parts that are named are set, the others stay.
  return isObject(before) && isObject(value) ? { ...before, ...value } : value;
}

function patchPart(
  part: string,
  before: Json | undefined,
  op: PatchOperation['op'],
  value: Json,
): Json | undefined {
  const parts: Draft = isObject(before) ? { ...before } : {};
  if (op === 'remove' || value === null) Reflect.deleteProperty(parts, part);
  else parts[part] = value;
  return Object.keys(parts).length === 0 ? undefined : parts;
}

function objectAt(draft: Draft, name: string): Draft {
  const present = draft[name];
  const object = isObject(present) ? present : {};
  draft[name] = object;
  return object;
}
