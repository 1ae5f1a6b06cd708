/** Corrupts a correct body: truncates it, changes its types, or empties or shortens its lists. Pure. */
import type { Fault } from './fault.ts';

/** @param body any other kind returns the real body @param real the correct body; empty when the call was not applied */
export function corruptBody(body: NonNullable<Fault['body']>, real: string): string {
  switch (body) {
    case 'truncated':
      return real.slice(0, Math.ceil(real.length / 2));
    case 'wrong_types':
      return changeJson(real, wrongType);
    case 'empty_list':
      return changeJson(real, (value) => withLists(value, () => 0));
    case 'short_list':
      return changeJson(real, (value) => withLists(value, (length) => Math.floor(length / 2)));
    default:
      return real;
  }
}

function changeJson(text: string, change: (value: unknown) => unknown): string {
  try {
    return JSON.stringify(change(JSON.parse(text)));
  } catch {
    // Not JSON, such as the empty body of a write: there is nothing to change.
    return text;
  }
}

/** Text becomes a number, a list an object, and so on. */
function wrongType(value: unknown): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.map((each, index) => [index, wrongType(each)]));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, wrongType(each)]));
  }
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return { value };
  return typeof value === 'boolean' ? [value] : 'nothing';
}

/** Cuts every list to a length and adjusts the pagination counts. */
function withLists(value: unknown, length: (before: number) => number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => {
      if (Array.isArray(each)) return [key, (each as unknown[]).slice(0, length(each.length))];
      if (key === '_embedded') return [key, withLists(each, length)];
      if (key === 'pagination' && typeof each === 'object') {
        const { total_count: total = 0 } = each as { total_count?: number };
        return [key, { ...each, total_pages: 1, count: length(total), total_count: length(total) }];
      }
      return [key, each];
    }),
  );
}
