/** The place in a snapshot where a page begins, as text that readers hand back: opaque, and safe in a URL. */
import { BridgeError } from '../errors.ts';
import type { FeedKind } from './model.ts';

export interface PagePlace {
  readonly snapshot: string;
  readonly after: number;
}

const SNAPSHOT_ID = /^[0-9a-f]{32}$/;
const CURSOR = /^([0-9a-f]{32})\.([a-z]+)\.([1-9]\d{0,9})$/;

export function writeCursor(kind: FeedKind, { snapshot, after }: PagePlace): string {
  return Buffer.from(`${snapshot}.${kind}.${after}`).toString('base64url');
}

/** @throws BridgeError invalid_cursor */
export function parseCursor(kind: FeedKind, text: string): PagePlace {
  const plain = /^[\w-]{1,200}$/.test(text) ? Buffer.from(text, 'base64url').toString() : '';
  const [, snapshot, of, after] = CURSOR.exec(plain) ?? [];
  if (snapshot === undefined || of !== kind) {
    throw new BridgeError(
      'invalid_cursor',
      `The cursor is not one of /${kind}: use "next_cursor" of the page before, as it is.`,
    );
  }
  return { snapshot, after: Number(after) };
}

/** @throws BridgeError invalid_value */
export function parseSnapshotId(text: string): string {
  if (SNAPSHOT_ID.test(text)) return text;
  throw new BridgeError('invalid_value', 'This is no id of a snapshot: use "snapshot" of a page, as it is.');
}
