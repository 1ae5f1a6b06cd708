/**
 * Reads a JSON body from a stranger: bounded in depth, free of the keys that reach an object's prototype, and of
 * characters that no database keeps as text.
 * Size is bounded before this, by the server's body limit.
 */
import { BridgeError } from '../errors.ts';

const MAX_DEPTH = 32;
/** Parsing something deeply nested takes many times the memory of its text: of long texts the depth is seen first. */
const LONG_LENGTH = 64 * 1024;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** The only way to write a NUL or half a character: what has come as UTF-8 has neither. */
const ESCAPED_NO_TEXT = /\\u(?:0000|d[89a-f])/i;

/**
 * Parses `text` as JSON.
 * @throws BridgeError invalid_syntax when it is not JSON, nests deeper than 32 levels or has a forbidden key;
 * invalid_value for text that is none.
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
  inspect(value, 0, ESCAPED_NO_TEXT.test(text) ? assertText : accept);
  return value;
}

/** @param check throws for what is no text */
function inspect(value: unknown, depth: number, check: (text: string) => void): void {
  if (typeof value === 'string') check(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new BridgeError('invalid_value', 'The body has a number that is too large to be kept.');
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) {
    for (const element of value) inspect(element, depth + 1, check);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) {
      throw new BridgeError('invalid_syntax', `The key "${key}" is not allowed in a body.`);
    }
    check(key);
    inspect((value as Record<string, unknown>)[key], depth + 1, check);
  }
}

/** Counts the brackets that stand outside strings. */
function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > MAX_DEPTH) throw tooDeep();
    } else if (character === ']' || character === '}') depth -= 1;
  }
}

function tooDeep(): BridgeError {
  return new BridgeError('invalid_syntax', `The body nests deeper than ${MAX_DEPTH} levels.`);
}

function accept(): void {
  // Every string of this body is text.
}

/** No NUL, and no half of a character. */
function assertText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new BridgeError(
      'invalid_value',
      'The body has a character that is no text: a NUL or half a character.',
    );
  }
}
