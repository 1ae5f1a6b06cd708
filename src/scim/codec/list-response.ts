/** A ListResponse (RFC 7644 section 3.4.2; RFC 9865 for cursors) around resources that are texts already. */
import { LIST_RESPONSE } from '../schema/urns.ts';

export interface ResourcePage {
  readonly resources: readonly string[];
  readonly total: number;
  /** Undefined when nothing comes after the page, and in index paging. */
  readonly nextCursor?: string | undefined;
}

/** @param startIndex one-based; undefined for a page that a cursor led to */
export function listResponse(
  { resources, total, nextCursor }: ResourcePage,
  startIndex: number | undefined,
): string {
  const start = startIndex === undefined ? '' : `"startIndex":${startIndex},`;
  const next = nextCursor === undefined ? '' : `"nextCursor":${JSON.stringify(nextCursor)},`;
  return `{"schemas":["${LIST_RESPONSE}"],"totalResults":${total},${start}"itemsPerPage":${resources.length},${next}"Resources":[${resources.join(',')}]}`;
}
