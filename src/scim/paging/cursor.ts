/**
 * Cursors (RFC 9865). A cursor holds the position where a page ended, and a digest of the query. It is opaque to clients
 * and grants nothing: it is only a position within the resources that the token can read anyway.
 */
import { createHash } from 'node:crypto';
import type { Position } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';

/** How long a cursor is valid. */
export const CURSOR_TIMEOUT_SECONDS = 24 * 60 * 60;
const MAX_LENGTH = 8_192;

/** @param query everything that defines the list, except the page */
export function encodeCursor(position: Position, query: readonly unknown[], now: number): string {
  const { key, createdAt, id } = position;
  return Buffer.from(JSON.stringify([digest(query), now, key, createdAt, id])).toString('base64url');
}

/** The type of the sort key: none (sorted by creation only), text, or whole numbers. */
export type KeyType = 'none' | 'text' | 'number';

/** @throws BridgeError invalid_cursor, cursor_expired */
export function decodeCursor(
  cursor: string,
  query: readonly unknown[],
  now: number,
  keyType: KeyType = 'none',
): Position {
  const fields = cursor.length > MAX_LENGTH ? undefined : fieldsOf(cursor);
  if (fields === undefined) throw invalid('was not issued by this service');
  const [queryDigest, issued, key, createdAt, id] = fields;
  // Anybody can write a cursor, so only values that a database can compare are passed on.
  if (typeof issued !== 'number' || !isKey(key, keyType) || !isWhole(createdAt) || typeof id !== 'string') {
    throw invalid('was not issued by this service');
  }
  if (queryDigest !== digest(query)) {
    throw invalid('belongs to another query: repeat the query that returned it');
  }
  if (now - issued > CURSOR_TIMEOUT_SECONDS * 1_000) {
    throw new BridgeError(
      'cursor_expired',
      'The cursor is older than a day: start again from the first page.',
    );
  }
  return { key, createdAt, id };
}

function fieldsOf(cursor: string): readonly unknown[] | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const text = JSON.stringify(value);
    // Text that a database cannot store was never in a cursor.
    return Array.isArray(value) && !/\\u0000|\\ud[89a-f]/i.test(text) ? (value as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function isKey(key: unknown, type: KeyType): key is Position['key'] {
  // Every resource has the attributes that are sorted as numbers, so null is not a valid key.
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
