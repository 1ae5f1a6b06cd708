/** Parses the parameters of a list, from a query or from the body of a `.search` (RFC 7644 sections 3.4.2 and 3.4.3). */
import { BridgeError } from '../../errors.ts';
import { parseFilter, type Filter } from '../filter/parse-filter.ts';

export const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1_000;
const MAX_START_INDEX = 1_000_000_000;

export interface ListRequest {
  /** The filter as it was sent. A cursor is bound to it. */
  readonly filterText: string | undefined;
  readonly filter: Filter | undefined;
  readonly sortBy: string | undefined;
  readonly descending: boolean;
  /** One-based. */
  readonly startIndex: number;
  readonly count: number;
  /** Undefined: index paging. Empty: the first page of cursor paging. */
  readonly cursor: string | undefined;
}

/** Returns the value of a parameter. @param name in lower case */
export type Parameters = (name: string) => string | undefined;

/**
 * A startIndex below 1 becomes 1, a negative count becomes 0, and a count above the limit is reduced to it (RFC 7644
 * section 3.4.2.4).
 * @throws BridgeError invalid_filter, too_many, invalid_value; invalid_count in cursor paging (RFC 9865)
 */
export function readListRequest(parameter: Parameters): ListRequest {
  const filterText = given(parameter('filter'));
  const cursor = parameter('cursor')?.trim();
  const count = integer(
    parameter,
    'count',
    DEFAULT_COUNT,
    cursor === undefined ? 'invalid_value' : 'invalid_count',
  );
  return {
    filterText,
    filter: filterText === undefined ? undefined : parseFilter(filterText),
    sortBy: given(parameter('sortby')),
    descending: parameter('sortorder')?.trim().toLowerCase() === 'descending',
    startIndex: Math.min(Math.max(integer(parameter, 'startIndex', 1, 'invalid_value'), 1), MAX_START_INDEX),
    count: Math.min(Math.max(count, 0), MAX_COUNT),
    cursor,
  };
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

function integer(
  parameter: Parameters,
  name: string,
  fallback: number,
  code: 'invalid_value' | 'invalid_count',
): number {
  const text = given(parameter(name.toLowerCase()))?.trim();
  if (text === undefined) return fallback;
  if (/^-?\d{1,12}$/.test(text)) return Number(text);
  throw new BridgeError(code, `The parameter "${name}" must be a whole number.`);
}
