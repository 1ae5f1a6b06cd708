/**
 * Read-only lists that are computed: roles and entitlements. They are filtered in memory, batch by batch, and paged with
 * an index or a cursor.
 */
import type { Attributes } from '../../directory/attributes.ts';
import type { Position } from '../../directory/query.ts';
import type { ScimCall } from '../scim-call.ts';
import type { ResourcePage } from '../codec/list-response.ts';
import { project } from '../codec/projection.ts';
import { elementTest, type ElementTest } from '../filter/element-test.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import type { ListRequest } from '../paging/list-request.ts';

export interface Entry {
  readonly resource: Attributes;
  readonly position: Position;
}

/** Where to start reading: after a position, or after a number of entries. */
export type From = { readonly after: Position } | { readonly offset: number };

export interface Catalogue {
  readonly name: 'Roles' | 'Entitlements';
  /** The number of entries. */
  count(call: ScimCall): Promise<number>;
  /** Entries in a stable order. @param batchSize how many entries the caller probably needs */
  entries(call: ScimCall, from: From, batchSize: number): AsyncIterable<Entry>;
  find(call: ScimCall, id: string): Promise<Attributes | undefined>;
}

/** Entries that are read at once when a filter is given. */
const FILTER_BATCH = 1_000;

/** @throws BridgeError invalid_cursor, cursor_expired */
export async function listCatalogue(
  catalogue: Catalogue,
  call: ScimCall,
  request: ListRequest,
  now: number,
): Promise<ResourcePage> {
  const { filter, filterText, startIndex, count, cursor } = request;
  const query = [catalogue.name, call.workspace, filterText ?? ''];
  const after = cursor === undefined || cursor === '' ? undefined : decodeCursor(cursor, query, now);
  const skip = cursor === undefined ? startIndex - 1 : 0;
  const { page, total, more } =
    filter === undefined
      ? await unfiltered(catalogue, call, { after, skip, count })
      : await filtered(catalogue, call, { after, skip, count }, elementTest(filter));
  const end = more && cursor !== undefined ? (page.at(-1)?.position ?? after) : undefined;
  return {
    count: page.length,
    resources: page.map(({ resource }) => JSON.stringify(project(resource, call.projection))),
    total,
    nextCursor: end && encodeCursor(end, query, now),
  };
}

interface Range {
  readonly after: Position | undefined;
  readonly skip: number;
  readonly count: number;
}

interface Found {
  readonly page: readonly Entry[];
  readonly total: number;
  readonly more: boolean;
}

async function unfiltered(
  catalogue: Catalogue,
  call: ScimCall,
  { after, skip, count }: Range,
): Promise<Found> {
  const page: Entry[] = [];
  const total = await catalogue.count(call);
  if (count === 0) return { page, total, more: false };
  const from = after === undefined ? { offset: skip } : { after };
  for await (const entry of catalogue.entries(call, from, count + 1)) {
    if (page.length === count) return { page, total, more: true };
    page.push(entry);
  }
  return { page, total, more: false };
}

/** The total number of matches is known only after all entries have been read. */
async function filtered(
  catalogue: Catalogue,
  call: ScimCall,
  { after, skip, count }: Range,
  matches: ElementTest,
): Promise<Found> {
  const page: Entry[] = [];
  let [total, toSkip, more] = [0, skip, false];
  for await (const entry of catalogue.entries(call, { offset: 0 }, FILTER_BATCH)) {
    if (!matches(entry.resource)) continue;
    total += 1;
    if (after !== undefined && !isAfter(entry.position, after)) continue;
    if (toSkip > 0) toSkip -= 1;
    else if (page.length < count) page.push(entry);
    else more = count > 0;
  }
  return { page, total, more };
}

/** Entries are in order of creation, like lists of groups. */
function isAfter(position: Position, other: Position): boolean {
  if (position.createdAt !== other.createdAt) return position.createdAt > other.createdAt;
  return position.id > other.id;
}
