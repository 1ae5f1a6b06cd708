/**
 * Cursors of RFC 9865: where a page ended, and of which query. Opaque to clients and without any authority: what a
 * cursor says is a place in an order, within what the token may see anyway.
 */
import { createHash } from 'node:crypto';
import type { Position } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';

/** How long a cursor is good for. */
export const CURSOR_TIMEOUT_SECONDS = 24 * 60 * 60;
const MAX_LENGTH = 8_192;

/** @param query everything that makes the list what it is, but for the page */
export function encodeCursor(position: Position, query: readonly unknown[], now: number): string {
  const { key, createdAt, id } = position;
  return Buffer.from(JSON.stringify([digest(query), now, key, createdAt, id])).toString('base64url');
}

/** What a list is sorted by: nothing but the creation, text, or whole numbers. */
export type KeyType = 'none' | 'text' | 'number';

/** @throws BridgeError invalid_cursor, cursor_expired */
export function decodeCursor(
  cursor: string,
  query: readonly unknown[],
  now: number,
  keyType: KeyType = 'none',
): Position {
  const fields = cursor.length > MAX_LENGTH ? undefined : fieldsOf(cursor);
  if (fields === undefined) throw invalid('is not one of this service');
  const [of, issued, key, createdAt, id] = fields;
  // Anybody can write a cursor: a database gets only what it can compare.
  if (typeof issued !== 'number' || !isKey(key, keyType) || !isWhole(createdAt) || typeof id !== 'string') {
    throw invalid('is not one of this service');
  }
  if (of !== digest(query)) throw invalid('is of another query: repeat the query that it came from');
  if (now - issued > CURSOR_TIMEOUT_SECONDS * 1_000) {
    throw new BridgeError('cursor_expired', 'The cursor is older than a day: begin again without one.');
  }
  return { key, createdAt, id };
}

function fieldsOf(cursor: string): readonly unknown[] | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const text = JSON.stringify(value);
    // Only text that a database keeps: nothing else was ever in a cursor.
    return Array.isArray(value) && !/\\u0000|\\ud[89a-f]/i.test(text) ? (value as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function isKey(key: unknown, type: KeyType): key is Position['key'] {
  // No resource lacks what lists sort by as numbers.
  if (type === 'number') return isWhole(key);
  return key === null || (type === 'text' && typeof key === 'string');
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function digest(query: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);
}

function invalid(problem: string): BridgeError {
  return new BridgeError('invalid_cursor', `The cursor ${problem}.`);
}
