/**
 * Remembers which lists are too short, and since when. A list that stays short for minutes is accepted, because
 * somebody else has removed rows on the target.
 */
import type { Clock } from '../../clock.ts';
import { ShortReadError } from '../../provisioning/observe/short-read.ts';

const BELIEVED_AFTER_MS = 5 * 60_000;

export interface ShortReadGuard {
  /**
   * Merges a read. A short read is accepted when the list has been short for long enough.
   * @param merge throws ShortReadError when the read is short and `believe` is false
   * @throws ShortReadError
   */
  check<T>(list: string, merge: (believe: boolean) => T): T;
  /** Whether the list has been short long enough to be accepted as complete. */
  accepts(list: string): boolean;
  raise(list: string): void;
  /** Call it when the list is complete again. */
  end(list: string): void;
}

export function createShortReadGuard(clock: Clock): ShortReadGuard {
  const since = new Map<string, number>();
  const accepts = (list: string) => clock.monotonic() - (since.get(list) ?? Infinity) >= BELIEVED_AFTER_MS;
  const raise = (list: string) => {
    if (!since.has(list)) since.set(list, clock.monotonic());
  };
  const end = (list: string) => {
    since.delete(list);
  };
  return {
    check: (list, merge) => {
      try {
        const merged = merge(accepts(list));
        end(list);
        return merged;
      } catch (error) {
        if (error instanceof ShortReadError) raise(list);
        throw error;
      }
    },
    accepts,
    raise,
    end,
  };
}
