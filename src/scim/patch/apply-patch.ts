/**
 * Applies operations to a document, in order and all of them, or throws and leaves it as it was (RFC 7644 section
 * 3.5.2). What the document then means is checked when it is read again, not here.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { isIgnored, normalizeValue } from '../codec/normalize-document.ts';
import { parseAttributePath, type AttributePath } from '../schema/attribute-path.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { patchElements } from './patch-elements.ts';
import type { PatchOperation } from './parse-patch.ts';

type Draft = Record<string, Json>;

const MAX_WRITES = 2_000;

/** @returns a new document @throws BridgeError invalid_path, invalid_filter, no_target, invalid_value */
export function applyPatch(
  schema: ResourceSchema,
  document: Attributes,
  operations: readonly PatchOperation[],
): Attributes {
  const writes = operations.flatMap((operation) => writesOf(schema, operation));
  if (writes.length > MAX_WRITES) {
    throw new BridgeError('too_many', `A PATCH may write ${MAX_WRITES} attributes: send it in parts.`);
  }
  const draft = structuredClone<Draft>(document);
  for (const { path, op, value } of writes) applyAt(draft, parseAttributePath(schema, path), op, value);
  return draft;
}

interface Write {
  readonly path: string;
  readonly op: PatchOperation['op'];
  readonly value: Json | undefined;
}

/** An operation without a path is one for each key of its value; so is one on an extension as a whole. */
function writesOf(schema: ResourceSchema, { op, path, value }: PatchOperation): readonly Write[] {
  if (path === undefined) {
    return Object.entries(value as Attributes).flatMap(([key, inner]) => {
      return writesOf(schema, { op, path: key, value: inner });
    });
  }
  if (isIgnored(path)) return [];
  const { extension, attribute } = parseAttributePath(schema, path);
  if (extension === null || attribute !== null || op === 'remove') return [{ path, op, value }];
  if (value === null) return [{ path, op: 'remove', value }];
  if (!isObject(value))
    throw new BridgeError('invalid_value', `The value of "${extension}" is to be an object.`);
  return Object.entries(value).map(([name, inner]) => ({ path: `${extension}:${name}`, op, value: inner }));
}

function applyAt(draft: Draft, at: AttributePath, op: PatchOperation['op'], value: Json | undefined): void {
  const { extension, attribute } = at;
  if (attribute === null) {
    // An extension as a whole is only ever taken away.
    Reflect.deleteProperty(draft, extension ?? '');
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

/** @returns what the attribute is afterwards; undefined when it is gone */
function patched(
  at: AttributePath,
  before: Json | undefined,
  op: PatchOperation['op'],
  value: Json,
): Json | undefined {
  const { attribute, part, filter, info } = at;
  const isList =
    info?.multiValued === true || filter !== null || (info === undefined && Array.isArray(before));
  if (isList) return patchElements(at, before, op, value);
  if (op === 'remove' && info?.required === true && part === null) {
    throw new BridgeError('mutability', `The attribute "${info.name}" cannot be taken away.`);
  }
  if (part !== null) return patchPart(at, part, before, op === 'remove' ? null : value);
  if (op === 'remove') return undefined;
  const after = normalizeValue(attribute ?? '', info, value) ?? undefined;
  // The parts that are named are set, the others stay.
  return isObject(before) && isObject(after) ? { ...before, ...after } : after;
}

/** @param value null takes the part away */
function patchPart(
  { attribute, info }: AttributePath,
  part: string,
  before: Json | undefined,
  value: Json,
): Json | undefined {
  const parts: Draft = isObject(before) ? { ...before } : {};
  const partInfo = info?.parts.get(part.toLowerCase());
  const after = value === null ? undefined : normalizeValue(`${attribute ?? ''}.${part}`, partInfo, value);
  if (after === undefined) Reflect.deleteProperty(parts, part);
  else parts[part] = after;
  return Object.keys(parts).length === 0 ? undefined : parts;
}

function objectAt(draft: Draft, name: string): Draft {
  const present = draft[name];
  const object = isObject(present) ? present : {};
  draft[name] = object;
  return object;
}
