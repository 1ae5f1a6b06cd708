/** Reads a list that Mode gives page by page. */
import { TargetError } from '../../../provisioning/ports/target.ts';
import { fieldsOf, listOf, textOf, totalCountOf, totalPagesOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';

const PAGE = 30;
const MAX_PAGES = 10_000;

export interface PagedList {
  /** From the origin on; it may have a query. */
  readonly path: string;
  /** The list's name in Mode's answer. */
  readonly key: string;
  /** For people, in the plural. */
  readonly what: string;
}

/**
 * Pages end with the last that Mode counts, with an empty one, or with one that repeats the page before; Mode's link to
 * the next page leads nowhere. A list that came out shorter than Mode counts may have moved while it was read: it is
 * believed when a second reading is the same.
 * @returns the rows, each token once. @throws TargetError
 */
export async function readPages(api: ModeApi, list: PagedList): Promise<readonly unknown[]> {
  const first = await readOnce(api, list);
  if (first.rows.size >= first.counted) return [...first.rows.values()];
  const second = await readOnce(api, list);
  const { rows, counted } = second;
  const same = new Set(first.rows.keys()).symmetricDifference(rows).size === 0;
  if (rows.size >= counted || same) return [...rows.values()];
  const message = `Mode counts ${counted} ${list.what} and lists ${rows.size}: not believed.`;
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
