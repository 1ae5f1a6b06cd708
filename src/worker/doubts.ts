/**
 * Lists that came back too short to be believed, and since when. One that stays short for minutes is no slip: things were
 * taken out of Mode by somebody else.
 */
import type { Clock } from '../clock.ts';

const BELIEVED_AFTER_MS = 5 * 60_000;

export interface Doubts {
  /** Whether the list has been short for so long that it is taken for the whole one. */
  believes(list: string): boolean;
  raise(list: string): void;
  /** The list is as it should be again. */
  end(list: string): void;
}

export function createDoubts(clock: Clock): Doubts {
  const since = new Map<string, number>();
  return {
    believes: (list) => clock.now() - (since.get(list) ?? Infinity) >= BELIEVED_AFTER_MS,
    raise: (list) => {
      if (!since.has(list)) since.set(list, clock.now());
    },
    end: (list) => {
      since.delete(list);
    },
  };
}
