/** How a filter compares two texts. */
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

/** By code points, as databases order text; JavaScript's own order is by halves of them. */
function order(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
