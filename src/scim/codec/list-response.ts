/** A ListResponse (RFC 7644 section 3.4.2; RFC 9865 for cursors) around resources that are texts already. */
import { Readable } from 'node:stream';
import { LIST_RESPONSE } from '../schema/urns.ts';

export interface ResourcePage {
  /** How many there are on the page. */
  readonly count: number;
  /** Those that may be large come as pieces of a text, commas and all, and are never in memory all at once. */
  readonly resources: readonly string[] | AsyncIterable<string>;
  readonly total: number;
  /** Undefined when nothing comes after the page, and in index paging. */
  readonly nextCursor?: string | undefined;
}

/** @param startIndex one-based; undefined for a page that a cursor led to */
export function listResponse(
  { count, resources, total, nextCursor }: ResourcePage,
  startIndex: number | undefined,
): string | Readable {
  const start = startIndex === undefined ? '' : `"startIndex":${startIndex},`;
  const next = nextCursor === undefined ? '' : `"nextCursor":${JSON.stringify(nextCursor)},`;
  const head = `{"schemas":["${LIST_RESPONSE}"],"totalResults":${total},${start}"itemsPerPage":${count},${next}"Resources":[`;
  if (isList(resources)) return `${head}${resources.join(',')}]}`;
  return Readable.from(parts(head, resources), { objectMode: false });
}

/** A reader that breaks off, or a failure half-way, ends in an answer that is no JSON: never in a shorter list. */
async function* parts(head: string, resources: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* resources;
  yield ']}';
}

export function isList(resources: ResourcePage['resources']): resources is readonly string[] {
  return Array.isArray(resources);
}
