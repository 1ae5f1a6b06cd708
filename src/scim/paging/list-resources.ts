/** Reads one page of one resource type for a list request, with an index or a cursor. */
import { isNumber, type ListQuery, type Page, type Sort } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import type { ResourcePage } from '../codec/list-response.ts';
import { filterCondition } from '../filter/filter-condition.ts';
import { placeOf } from '../filter/filter-place.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { decodeCursor, encodeCursor, type KeyType } from './cursor.ts';
import type { ListRequest } from './list-request.ts';

export interface Listing<T> {
  readonly schema: ResourceSchema;
  /** The owner of the list: a cursor of one owner is not valid for another. */
  readonly owner: string;
  readonly now: number;
  readonly list: (query: ListQuery) => Promise<Page<T>>;
  readonly render: (items: readonly T[]) => Promise<readonly string[]> | AsyncIterable<string>;
}

/** @throws BridgeError invalid_filter, invalid_path, invalid_cursor, cursor_expired */
export async function listResources<T>(
  { schema, owner, now, list, render }: Listing<T>,
  request: ListRequest,
): Promise<ResourcePage> {
  const { filter, filterText, sortBy, descending, startIndex, count, cursor } = request;
  const where = filter === undefined ? undefined : filterCondition(schema, filter);
  const sort = sortBy === undefined ? undefined : sortOf(schema, sortBy, descending);
  const query = [schema.definition.id, owner, filterText ?? '', sortBy ?? '', descending];
  const after =
    cursor === undefined || cursor === '' ? undefined : decodeCursor(cursor, query, now, keyTypeOf(sort));
  const offset = cursor === undefined ? startIndex - 1 : 0;
  const page = await list({ where, sort, offset, after, limit: count });
  const resources = await render(page.items);
  const end = cursor === undefined ? undefined : page.end;
  const nextCursor = end && encodeCursor(end, query, now);
  return { count: page.items.length, resources, total: page.total, nextCursor };
}

/** RFC 7644 section 3.4.2.3. A multi-valued attribute sorts by its primary element, else by its first. */
function sortOf(schema: ResourceSchema, sortBy: string, descending: boolean): Sort | undefined {
  const place = placeOf(schema, sortBy);
  if ('constant' in place) return undefined;
  const { list, field, type } = place;
  if (type === 'complex') throw unsortable(sortBy);
  if (list === null) return { field, descending };
  if (list.kind !== 'path' || field.kind !== 'path') throw unsortable(sortBy);
  return { field: { kind: 'primary', path: list.path, part: field.path[0] ?? 'value' }, descending };
}

function keyTypeOf(sort: Sort | undefined): KeyType {
  if (sort === undefined) return 'none';
  const { field } = sort;
  return field.kind === 'column' && isNumber(field.name) ? 'number' : 'text';
}

function unsortable(sortBy: string): BridgeError {
  return new BridgeError('invalid_path', `The list cannot be sorted by "${sortBy.slice(0, 100)}".`);
}
