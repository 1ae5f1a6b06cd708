/** Compares two texts with an operator of a filter. */
import type { Comparison } from './parse-filter.ts';

export function compareText(op: Comparison['op'], text: string, value: string): boolean {
  switch (op) {
    case 'eq':
      return text === value;
    case 'ne':
      return text !== value;
    case 'co':
      return text.includes(value);
    case 'sw':
      return text.startsWith(value);
    case 'ew':
      return text.endsWith(value);
    case 'gt':
      return order(text, value) > 0;
    case 'ge':
      return order(text, value) >= 0;
    case 'lt':
      return order(text, value) < 0;
    case 'le':
      return order(text, value) <= 0;
  }
}

/** Orders by code points, as databases do. JavaScript's own operators order by UTF-16 code units. */
function order(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
