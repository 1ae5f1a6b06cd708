/** Builds a ListResponse (RFC 7644 section 3.4.2; RFC 9865 for cursors) from resources that are JSON text already. */
import { Readable } from 'node:stream';
import { LIST_RESPONSE } from '../schema/urns.ts';

export interface ResourcePage {
  /** The number of resources on the page. */
  readonly count: number;
  /** Large resources come as pieces of text, including the commas, and are never in memory all at once. */
  readonly resources: readonly string[] | AsyncIterable<string>;
  readonly total: number;
  /** Undefined on the last page, and in index paging. */
  readonly nextCursor?: string | undefined;
}

/** @param startIndex one-based; undefined in cursor paging */
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

/** If the client disconnects or an error occurs half-way, the response is invalid JSON, never a shorter list. */
async function* parts(head: string, resources: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* resources;
  yield ']}';
}

export function isList(resources: ResourcePage['resources']): resources is readonly string[] {
  return Array.isArray(resources);
}
