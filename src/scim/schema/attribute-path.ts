/** Reads the path of an attribute: `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`. */
import { BridgeError } from '../../errors.ts';
import type { AttributeInfo, ResourceSchema } from './resource-schema.ts';
import { ENTERPRISE } from './urns.ts';

const MAX_LENGTH = 1_024;
const NAME = /^[A-Za-z$][\w$-]*$/;
const URN = /^urn:[\w.:-]+$/i;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface AttributePath {
  /** The extension that the attribute belongs to; null for a core attribute. */
  readonly extension: string | null;
  /** In the schema's spelling when it knows it; null when the path names an extension as a whole. */
  readonly attribute: string | null;
  /** What stands between the brackets. */
  readonly filter: string | null;
  readonly part: string | null;
  /** What the schema says of the attribute; undefined for one it does not know. */
  readonly info: AttributeInfo | undefined;
}

/** @throws BridgeError invalid_path */
export function parseAttributePath(schema: ResourceSchema, path: string): AttributePath {
  const text = path.trim();
  if (text.length > MAX_LENGTH) throw invalid(path, `is longer than ${MAX_LENGTH} characters`);
  const { extension, rest } = splitUrn(schema, aliasOf(schema, text) ?? text);
  if (extension !== null && !URN.test(extension)) throw invalid(path, 'is no attribute path');
  if (rest === '') {
    if (extension === null) throw invalid(path, 'is empty');
    return { extension, attribute: null, filter: null, part: null, info: undefined };
  }
  const match = /^([^[\].]+)(?:\[(.*)\])?(?:\.([^[\].]+))?$/s.exec(rest);
  const [, name = '', filter = null, part = null] = match ?? [];
  for (const word of part === null ? [name] : [name, part]) {
    if (!NAME.test(word) || FORBIDDEN.has(word)) throw invalid(path, 'is no attribute path');
  }
  const known =
    extension === null ? schema.attributes : schema.extensions.get(extension.toLowerCase())?.attributes;
  const info = known?.get(name.toLowerCase());
  return {
    extension,
    attribute: info?.name ?? name,
    filter,
    part: part === null ? null : (info?.parts.get(part.toLowerCase())?.name ?? part),
    info,
  };
}

/** Some clients leave the URN out in front of the manager. */
function aliasOf(schema: ResourceSchema, text: string): string | undefined {
  const isManager = schema.extensions.has(ENTERPRISE.toLowerCase()) && /^manager($|\.)/i.test(text);
  return isManager ? `${ENTERPRISE}:${text}` : undefined;
}

/** Known URNs are compared without case; after one, some clients write a dot for the colon. */
function splitUrn(schema: ResourceSchema, text: string): { extension: string | null; rest: string } {
  const lower = text.toLowerCase();
  if (!lower.startsWith('urn:')) return { extension: null, rest: text };
  const core = schema.definition.id.toLowerCase();
  if (lower.startsWith(`${core}:`)) return { extension: null, rest: text.slice(core.length + 1) };
  for (const [key, { urn }] of schema.extensions) {
    if (lower === key) return { extension: urn, rest: '' };
    if (lower.startsWith(`${key}:`) || lower.startsWith(`${key}.`))
      return { extension: urn, rest: text.slice(key.length + 1) };
  }
  // An extension that nobody has described: its last part is the attribute, or, after a version, the schema's own.
  const head = text.split('[', 1)[0] ?? text;
  const cut = head.lastIndexOf(':');
  const last = head.slice(cut + 1);
  if (/^([A-Z]|[\d.]+$)/.test(last)) return { extension: text, rest: '' };
  return { extension: text.slice(0, cut), rest: text.slice(cut + 1) };
}

function invalid(path: string, problem: string): BridgeError {
  return new BridgeError('invalid_path', `The path "${path.slice(0, 100)}" ${problem}.`);
}
