/** Reads a paginated list. */
import { TargetError } from '../../../provisioning/ports/target.ts';
import { fieldsOf, listOf, textOf, totalCountOf, totalPagesOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';

const PAGE = 30;
const MAX_PAGES = 10_000;

export interface PagedList {
  /** Path after the origin, with or without a query. */
  readonly path: string;
  /** Name of the list in the response. */
  readonly key: string;
  /** Plural noun for messages. */
  readonly what: string;
}

/**
 * Stops after the last page in Mode's count, an empty page, or a page that repeats the previous one. Mode's link to the next
 * page cannot be used: it does not work. A list that is shorter than Mode's count may have changed during the read. It is
 * accepted when a second read returns the same rows.
 * @returns the rows, each token once @throws TargetError
 */
export async function readPages(api: ModeApi, list: PagedList): Promise<readonly unknown[]> {
  const first = await readOnce(api, list);
  if (first.rows.size >= first.counted) return [...first.rows.values()];
  const second = await readOnce(api, list);
  const { rows, counted } = second;
  const same = new Set(first.rows.keys()).symmetricDifference(rows).size === 0;
  if (rows.size >= counted || same) return [...rows.values()];
  const message = `Mode counts ${counted} ${list.what} but lists ${rows.size}, so the list is ignored.`;
  throw new TargetError('unavailable', message);
}

async function readOnce(api: ModeApi, { path, key, what }: PagedList) {
  const rows = new Map<string, unknown>();
  const separator = path.includes('?') ? '&' : '?';
  let before = '';
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const body = await api.get(`${path}${separator}page=${page}&per_page=${PAGE}`);
    const listed = listOf(`GET the ${what}`, body, key);
    const counted = totalCountOf(body) ?? 0;
    const text = JSON.stringify(listed);
    if (listed.length === 0 || text === before) return { rows, counted };
    before = text;
    for (const row of listed) rows.set(textOf(fieldsOf(row)['token']) ?? JSON.stringify(row), row);
    if (page >= (totalPagesOf(body) ?? MAX_PAGES)) return { rows, counted };
  }
  throw new TargetError('unavailable', `Mode's list of ${what} does not end after ${MAX_PAGES} pages.`);
}
