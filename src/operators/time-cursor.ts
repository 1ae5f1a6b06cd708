/** The cursor of the next page, for lists that are sorted by time. */
import { BridgeError } from '../errors.ts';

const CURSOR = /^(\d{1,16})\.([0-9a-f-]{36})$/;

/** The last entry of a page. */
interface TimePosition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
}

export function writeCursor({ at, id }: TimePosition): string {
  return Buffer.from(`${at}.${id}`).toString('base64url');
}

/** @throws BridgeError invalid_cursor */
export function parseCursor(text: string): TimePosition {
  const plain = /^[\w-]{1,100}$/.test(text) ? Buffer.from(text, 'base64url').toString() : '';
  const [, at, id] = CURSOR.exec(plain) ?? [];
  if (at !== undefined && id !== undefined) return { at: Number(at), id };
  throw new BridgeError(
    'invalid_cursor',
    'The cursor is not valid. Use "next_cursor" of the previous page unchanged.',
  );
}
