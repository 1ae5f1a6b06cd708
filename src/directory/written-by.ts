/** How a change of a user or a group came, which the change log tells beside what became of them. */
import type { Attributes } from './attributes.ts';

export type WrittenBy = 'put' | 'patch';

/** @param changed the paths of the attributes that are another than before */
export function told(changed: readonly string[], by: WrittenBy = 'patch'): Attributes {
  return { changed, ...(by === 'put' ? { by } : {}) };
}
