/** How a change of a user or a group came, for the change log. */
import type { WrittenHow } from './change.ts';

export type WrittenBy = 'put' | 'patch';

/** @param changed the paths of the attributes that are different from before */
export function writtenHow(changed: readonly string[], by: WrittenBy = 'patch'): WrittenHow {
  return by === 'put' ? { changed, by } : { changed };
}
