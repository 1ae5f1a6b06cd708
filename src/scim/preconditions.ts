/** If-Match and If-None-Match (RFC 7644 section 3.14, RFC 9110 section 13). */
import type { Guard } from '../directory/access/guard.ts';
import { BridgeError } from '../errors.ts';

const MAX_LENGTH = 1_024;
/** One tag with what separates it from the next. */
const TAG = /(?:W\/)?"([^"]*)"[\s,]*/y;

/**
 * Reads a list of entity tags: `W/"3"`, `"3"`, several with commas, or `*` for any. Tags that are not the bridge's
 * match nothing.
 * @returns undefined when there is no such header @throws BridgeError invalid_value
 */
export function readEntityTags(header: string | undefined): Guard | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (text === '*') return () => true;
  const tags = text.length > MAX_LENGTH ? undefined : tagsIn(text);
  if (tags === undefined)
    throw new BridgeError('invalid_value', 'An entity tag is written as W/"3", in quotes.');
  const versions = new Set(tags.filter((tag) => /^\d+$/.test(tag)).map(Number));
  return (version) => versions.has(version);
}

/** What stands between the quotes of each tag; undefined for text that is not a list of tags. */
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
