/** Whether an element of a list is one that a filter in a path's brackets names. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { foldText } from '../../directory/fold.ts';
import { compareText } from './compare-text.ts';
import type { Filter } from './parse-filter.ts';

/**
 * Text is compared without case, and booleans as their text: clients write "True" for true. An element that is no
 * object is its own `value`.
 */
export function matchElement(filter: Filter, element: Json): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((part) => matchElement(part, element));
    case 'or':
      return filter.filters.some((part) => matchElement(part, element));
    case 'not':
      return !matchElement(filter.filter, element);
    case '[]':
      return false;
    case 'pr':
      return (textAt(element, filter.path) ?? '') !== '';
    default: {
      const text = textAt(element, filter.path);
      if (filter.literal.type === 'null') return (filter.op === 'eq') === ((text ?? '') === '');
      if (text === undefined) return filter.op === 'ne';
      return compareText(filter.op, foldText(text), foldText(filter.literal.text));
    }
  }
}

/** What an element must be so that the filter names it; undefined when the filter leaves that open. */
export function elementOf(filter: Filter): Attributes | undefined {
  if (filter.op === 'and') {
    const parts = filter.filters.map(elementOf);
    return parts.includes(undefined) ? undefined : (Object.assign({}, ...parts) as Attributes);
  }
  if (filter.op !== 'eq' || filter.literal.type === 'null') return undefined;
  const { path, literal } = filter;
  const isFlag = literal.type === 'boolean' || path.toLowerCase() === 'primary';
  return { [path]: isFlag ? literal.text.toLowerCase() === 'true' : literal.text };
}

function textAt(element: Json, path: string): string | undefined {
  const value = isObject(element)
    ? partOf(element, path)
    : path.toLowerCase() === 'value'
      ? element
      : undefined;
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

function partOf(element: Attributes, path: string): Json | undefined {
  if (Object.hasOwn(element, path)) return element[path];
  const name = path.toLowerCase();
  return Object.entries(element).find(([key]) => key.toLowerCase() === name)?.[1];
}
