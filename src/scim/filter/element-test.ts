/** Tests whether an element of a list matches a filter in the brackets of a path. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { foldText } from '../../directory/fold.ts';
import { compareText } from './compare-text.ts';
import type { Filter } from './parse-filter.ts';

export type ElementTest = (element: Json) => boolean;

/**
 * Compiles a filter once for all elements. Text is compared without regard to case, and booleans as text, because clients
 * write "True" for true. An element that is not an object is its own `value`.
 */
export function elementTest(filter: Filter): ElementTest {
  switch (filter.op) {
    case 'and': {
      const tests = filter.filters.map(elementTest);
      return (element) => tests.every((test) => test(element));
    }
    case 'or': {
      const tests = filter.filters.map(elementTest);
      return (element) => tests.some((test) => test(element));
    }
    case 'not': {
      const test = elementTest(filter.filter);
      return (element) => !test(element);
    }
    case '[]':
      return () => false;
    case 'pr':
      return (element) => (textAt(element, filter.path) ?? '') !== '';
    default: {
      const { op, path, literal } = filter;
      if (literal.type === 'null')
        return (element) => (op === 'eq') === ((textAt(element, path) ?? '') === '');
      const wanted = foldText(literal.text);
      return (element) => {
        const text = textAt(element, path);
        return text === undefined ? op === 'ne' : compareText(op, foldText(text), wanted);
      };
    }
  }
}

/** The element that a filter describes exactly; undefined when the filter leaves the element open. */
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
