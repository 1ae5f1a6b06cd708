/**
 * Parses an untrusted JSON body. It limits the depth, removes keys that reach an object's prototype, and rejects characters
 * that a database cannot store as text. The server's body limit has limited the size already.
 */
import { BridgeError } from '../errors.ts';

const MAX_DEPTH = 32;
/** Parsing deeply nested JSON takes many times the memory of its text, so the depth of a long text is checked first. */
const LONG_LENGTH = 64 * 1024;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Only an escape can produce a NUL or half of a surrogate pair: a body decoded from UTF-8 has neither. */
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/**
 * Parses `text` as JSON. Keys that reach a prototype are removed instead of rejected: nobody needs them, and a user that is
 * sent with such a key must still be accepted.
 * @throws BridgeError invalid_syntax when the text is not JSON or is nested more than 32 levels deep; invalid_value for a
 * character that cannot be stored
 */
export function parseJsonBody(text: string): unknown {
  if (text.length > LONG_LENGTH) assertShallow(text);
  let value: unknown;
  try {
    // A byte order mark is not JSON, but some clients send one.
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new BridgeError('invalid_syntax', `The body is not valid JSON: ${reason}`);
  }
  inspect(value, 0, UNSTORABLE_ESCAPE.test(text) ? assertStorable : acceptAny);
  return value;
}

/** @param check throws for a character that cannot be stored */
function inspect(value: unknown, depth: number, check: (text: string) => void): void {
  if (typeof value === 'string') check(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new BridgeError('invalid_value', 'The body has a number that is too large.');
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) {
    for (const element of value) inspect(element, depth + 1, check);
    return;
  }
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    check(key);
    inspect(object[key], depth + 1, check);
    if (FORBIDDEN_KEYS.has(key)) Reflect.deleteProperty(object, key);
  }
}

/** Counts the brackets outside strings. @throws BridgeError invalid_syntax */
function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > MAX_DEPTH) throw tooDeep();
    } else if (character === ']' || character === '}') depth -= 1;
  }
}

function tooDeep(): BridgeError {
  return new BridgeError('invalid_syntax', `The body is nested more than ${MAX_DEPTH} levels deep.`);
}

function acceptAny(): void {
  // This body has no escape that could produce such a character.
}

function assertStorable(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new BridgeError(
      'invalid_value',
      'The body has a NUL or half of a surrogate pair, which cannot be stored as text.',
    );
  }
}
