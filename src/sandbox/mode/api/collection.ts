/** Lists in Mode's format, whole or in pages, and the filters of lists. */
import { badRequest } from './api-error.ts';
import type { Settings } from '../behaviour/settings.ts';

const MAX_PAGE = 30;

/** A whole list; `page` and `per_page` are ignored. */
export function collection(key: string, href: string, items: readonly unknown[]) {
  return { _embedded: { [key]: items }, _links: { self: { href } } };
}

export interface PageQuery {
  readonly page?: string;
  readonly per_page?: string;
}

/** @param list `path` starts after the origin; `deadEnd` is the path of the `next_page` link to a page that does not exist */
export function pageOf<T>(
  all: readonly T[],
  query: PageQuery,
  { quirks }: Settings,
  list: { key: string; path: string; deadEnd: string; render: (item: T) => unknown },
) {
  const page = positiveInteger(query.page, 1);
  const perPage = Math.min(MAX_PAGE, positiveInteger(query.per_page, quirks.page_size));
  const items = all.slice((page - 1) * perPage, page * perPage);
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const href = (to: number) => `${list.path}?page=${to}&per_page=${perPage}`;
  const totals = { total_pages: pages, total_count: all.length };
  const pagination = {
    seen: { pagination: { page, per_page: perPage, count: items.length, ...totals } },
    documented: { pagination: { first_page: href(1), last_page: href(pages), ...totals } },
    absent: {},
  };
  return {
    _embedded: { [list.key]: items.map(list.render) },
    _links: { self: { href: list.path }, ...nextLink(quirks.next_page) },
    ...pagination[quirks.pagination],
  };

  /** lying: a link to a path that does not exist, also on the last page; right: a correct link; absent: no link. */
  function nextLink(how: Settings['quirks']['next_page']) {
    if (how === 'lying') return { next_page: { href: `${list.deadEnd}?page=${page + 1}` } };
    return how === 'right' && page < pages ? { next_page: { href: href(page + 1) } } : {};
  }
}

/** @returns undefined for no filter or an unknown one @throws ApiError 400 for an unknown one, depending on the quirk */
export function knownFilter<T extends string>(
  filter: string | undefined,
  known: readonly T[],
  { quirks }: Settings,
): T | undefined {
  const found = known.find((each) => each === filter);
  if (filter !== undefined && found === undefined && quirks.unknown_filter === 'refused')
    throw badRequest('Unknown filter');
  return found;
}

/** @returns `usual` for a missing text or one that is not a positive whole number */
export function positiveInteger(text: string | undefined, usual: number): number {
  const number = Number(text ?? usual);
  return Number.isInteger(number) && number >= 1 ? number : usual;
}
