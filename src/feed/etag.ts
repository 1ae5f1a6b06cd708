/** Strong entity tags (RFC 9110, 8.8.3): the same tag means the same bytes, so each encoding has its own tag. */
import { createHash } from 'node:crypto';

/** Increased when a new version of the bridge writes the same snapshot differently. */
const FORMAT_VERSION = 1;

/** @param parts everything that determines the bytes of the response, except the encoding */
export function etagOf(parts: readonly (string | number)[], encoding: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([FORMAT_VERSION, ...parts]))
    .digest('base64url');
  return `"${digest.slice(0, 27)}${encoding === 'identity' ? '' : `-${encoding}`}"`;
}

/** @param header If-None-Match: `*` or a list of tags; a weak tag matches its strong tag (RFC 9110, 13.1.2) */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
