/** Page cursors: the start of a page in a snapshot, as an opaque text that is safe in a URL. */
import { BridgeError } from '../errors.ts';
import type { FeedKind } from './model.ts';

export interface PageStart {
  readonly snapshot: string;
  readonly after: number;
}

const SNAPSHOT_ID = /^[0-9a-f]{32}$/;
const CURSOR = /^([0-9a-f]{32})\.([a-z]+)\.([1-9]\d{0,9})$/;

export function writeCursor(kind: FeedKind, { snapshot, after }: PageStart): string {
  return Buffer.from(`${snapshot}.${kind}.${after}`).toString('base64url');
}

/** @throws BridgeError invalid_cursor */
export function parseCursor(kind: FeedKind, text: string): PageStart {
  const plain = /^[\w-]{1,200}$/.test(text) ? Buffer.from(text, 'base64url').toString() : '';
  const [, snapshot, kindOfCursor, after] = CURSOR.exec(plain) ?? [];
  if (snapshot === undefined || kindOfCursor !== kind) {
    throw new BridgeError(
      'invalid_cursor',
      `The cursor is not valid for /${kind}. Use "next_cursor" of the previous page unchanged.`,
    );
  }
  return { snapshot, after: Number(after) };
}

/** @throws BridgeError invalid_value */
export function parseSnapshotId(text: string): string {
  if (SNAPSHOT_ID.test(text)) return text;
  throw new BridgeError('invalid_value', 'The snapshot id is not valid. Use "snapshot" of a page unchanged.');
}
