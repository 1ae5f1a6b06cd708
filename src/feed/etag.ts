/** Strong entity tags (RFC 9110, 8.8.3): the same tag is the same bytes, so each encoding has one of its own. */
import { createHash } from 'node:crypto';

/** Raised when the same snapshot is written in another way than by an earlier version. */
const FORM = 1;

/** @param parts what decides the answer, byte for byte */
export function etagOf(parts: readonly (string | number)[], encoding: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([FORM, ...parts]))
    .digest('base64url');
  return `"${digest.slice(0, 27)}${encoding === 'identity' ? '' : `-${encoding}`}"`;
}

/** @param header If-None-Match: `*`, or tags; a weak one stands for its strong one here */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
