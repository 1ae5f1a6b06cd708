/** Documents are kept as text, so that reading one back costs nothing; comparing two looks at what they say. */
import { isDeepStrictEqual } from 'node:util';

/** Whether two JSON texts say the same, whatever the order of their keys. */
export function sameDocument(a: string, b: string): boolean {
  return a === b || isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
}
