/** If-Match and If-None-Match (RFC 7644 section 3.14, RFC 9110 section 13). */
import type { Guard } from '../directory/access/guard.ts';
import { BridgeError } from '../errors.ts';

const MAX_LENGTH = 1_024;
/** One tag, and the separator after it. */
const TAG = /(?:W\/)?"([^"]*)"[\s,]*/y;

/**
 * Reads a list of entity tags: `W/"3"`, `"3"`, several separated by commas, or `*` for any. Tags that the bridge did not
 * issue match nothing.
 * @returns undefined when the header is missing or empty @throws BridgeError invalid_value
 */
export function readEntityTags(header: string | undefined): Guard | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (text === '*') return () => true;
  const tags = text.length > MAX_LENGTH ? undefined : tagsIn(text);
  if (tags === undefined)
    throw new BridgeError('invalid_value', 'An entity tag must be in quotes, for example W/"3".');
  const versions = new Set(tags.filter((tag) => /^\d+$/.test(tag)).map(Number));
  return (version) => versions.has(version);
}

/** The quoted text of each tag; undefined when the header is not a list of tags. */
function tagsIn(text: string): string[] | undefined {
  const tags: string[] = [];
  TAG.lastIndex = 0;
  let end = 0;
  for (let match = TAG.exec(text); match !== null; match = TAG.exec(text)) {
    tags.push(match[1] ?? '');
    end = TAG.lastIndex;
  }
  return end === text.length ? tags : undefined;
}
