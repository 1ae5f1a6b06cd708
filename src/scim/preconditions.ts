/** If-Match and If-None-Match (RFC 7644 section 3.14, RFC 9110 section 13). */
import type { Guard } from '../directory/guard.ts';
import { BridgeError } from '../errors.ts';

const MAX_LENGTH = 1_024;

/**
 * Reads a list of entity tags: `W/"3"`, `"3"`, several with commas, or `*` for any. Tags that are not the bridge's
 * match nothing.
 * @returns undefined when there is no such header @throws BridgeError invalid_value
 */
export function readEntityTags(header: string | undefined): Guard | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (text === '*') return () => true;
  const tags = text.length > MAX_LENGTH ? null : /^((W\/)?"[^"]*"\s*,?\s*)+$/.exec(text);
  if (tags === null) throw new BridgeError('invalid_value', 'An entity tag is written as W/"3", in quotes.');
  const versions = new Set([...text.matchAll(/"(\d+)"/g)].map((match) => Number(match[1])));
  return (version) => versions.has(version);
}
