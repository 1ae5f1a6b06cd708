/** How a user or group was written, for the change log. */
import type { WrittenHow } from './change.ts';

export type WrittenBy = 'put' | 'patch';

/** @param changed the paths of the attributes that changed */
export function writtenHow(changed: readonly string[], by: WrittenBy = 'patch'): WrittenHow {
  return by === 'put' ? { changed, by } : { changed };
}
