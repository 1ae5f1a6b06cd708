/**
 * Converts a document to the form that the bridge stores: attributes have the schema's names, booleans are booleans, lists
 * are lists, dotted and URN-qualified keys are unfolded, nulls are omitted. Every shape that an IdP is known to send is
 * accepted. An error names the attribute whose value is not valid.
 */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { extensionsIn, parseKey, within } from '../schema/attribute-key.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { normalizeList, normalizeValue, wrong } from './normalize-value.ts';
import { isLeftOut } from './owned-attributes.ts';
import { objectAt, targetIn, type ResolvedPath } from './target.ts';

type Draft = Record<string, Json>;

/** One attribute of a document, or one sub-attribute, and its value. */
export interface Leaf {
  readonly path: AttributePath;
  readonly value: NonNullable<Json>;
}

/** Reports an attribute that cannot be written, when this does not fail the whole request. */
export type Skip = (name: string, error: BridgeError, path?: AttributePath) => void;

/** For one resource: more than anybody needs, and still fast. */
const MAX_ATTRIBUTES = 1_000;

/**
 * @param skip called for each attribute that cannot be kept; the attribute is then omitted
 * @throws BridgeError invalid_value when there is no `skip`; too_many
 */
export function normalizeDocument(schema: ResourceSchema, raw: Attributes, skip?: Skip): Attributes {
  return normalizeLeaves(unfold(schema, raw, skip), skip);
}

/** @throws BridgeError invalid_value when there is no `skip`; too_many */
export function normalizeLeaves(leaves: readonly Leaf[], skip?: Skip): Attributes {
  assertFew(leaves);
  const document: Draft = {};
  // Whole attributes are written before sub-attributes, whatever order they were sent in.
  for (const isPart of [false, true]) {
    for (const { path, value } of leaves) {
      if ((path.part !== null) === isPart) {
        attempt(
          () => {
            place(document, path, value);
          },
          // The name is for `skip` alone, and costs more than the attribute.
          skip === undefined ? '' : nameOf(path),
          skip,
          path,
        );
      }
    }
  }
  return document;
}

/**
 * Lists the attributes of a document and of its extensions, without those that are never stored.
 * @throws BridgeError invalid_value when there is no `skip`; too_many
 */
export function unfold(schema: ResourceSchema, raw: Attributes, skip?: Skip): readonly Leaf[] {
  // Keys alone cost a third of what entries cost, and there may be too many.
  assertFew(Object.keys(raw));
  const entries = Object.entries(raw);
  const extensions = extensionsIn(schema, raw);
  const leavesOf = (path: AttributePath | undefined, key: string, value: Json): readonly Leaf[] => {
    if (path === undefined || value === null || isLeftOut(path)) return [];
    if (path.attribute !== null) return [{ path, value }];
    if (!isObject(value)) {
      attempt(
        () => {
          throw wrong(key, 'an object');
        },
        key,
        skip,
        path,
      );
      return [];
    }
    return Object.entries(value).flatMap(([inner, below]) =>
      leavesOf(
        path.extension === null
          ? parseKey(schema, inner, below, extensions)
          : within(schema, path.extension, inner),
        inner,
        below,
      ),
    );
  };
  return entries.flatMap(([key, value]) => leavesOf(parseKey(schema, key, value, extensions), key, value));
}

function assertFew(entries: readonly unknown[]): void {
  if (entries.length <= MAX_ATTRIBUTES) return;
  throw new BridgeError('too_many', `A resource can have at most ${MAX_ATTRIBUTES} attributes.`);
}

/** Calls `run`. If `skip` is given, a BridgeError is passed to it instead of being thrown. */
export function attempt(run: () => void, name: string, skip: Skip | undefined, path?: AttributePath): void {
  try {
    run();
  } catch (error) {
    if (skip === undefined || !(error instanceof BridgeError)) throw error;
    skip(name, error, path);
  }
}

/** The attribute in the notation of RFC 7644, for messages. */
export function nameOf({ extension, attribute, part }: AttributePath): string {
  const name = [attribute, part].filter((word) => word !== null).join('.');
  return [extension, name].filter((word) => word !== null && word !== '').join(':');
}

function place(document: Draft, path: AttributePath, value: NonNullable<Json>): void {
  const { extension } = path;
  const home: Draft = extension === null ? document : objectAt(document, extension);
  const target = targetIn(home, path);
  const normal =
    target.part === null
      ? normalizeValue(target.attribute, target.info, value)
      : withPart(target, target.part, ownValue(home, target.attribute), value);
  if (normal === undefined) return;
  home[target.attribute] = normal;
  if (extension !== null) document[extension] = home;
}

/** Sets one sub-attribute. In a list, it belongs to the primary element. */
function withPart(
  { attribute, info }: ResolvedPath,
  part: string,
  before: Json | undefined,
  value: NonNullable<Json>,
): Json | undefined {
  if (info?.multiValued === true) {
    const elements = Array.isArray(before) ? (before as readonly Json[]) : [];
    const chosen = Math.max(
      elements.findIndex((element) => isObject(element) && element['primary'] === true),
      0,
    );
    const element = elements[chosen];
    const written = { ...(isObject(element) ? element : {}), [part]: value };
    return normalizeList(attribute, info, [
      ...elements.slice(0, chosen),
      written,
      ...elements.slice(chosen + 1),
    ]);
  }
  const normal = normalizeValue(`${attribute}.${part}`, info?.parts.get(part.toLowerCase()), value);
  if (normal === undefined) return undefined;
  return { ...(isObject(before) ? before : {}), [part]: normal };
}

function ownValue(home: Attributes, key: string): Json | undefined {
  return Object.hasOwn(home, key) ? home[key] : undefined;
}
