/** Notices when the wall clock jumps, by comparing it with monotonic time. */
import type { Clock } from '../clock.ts';

/** Smaller differences are normal time synchronisation. */
const JUMP_MS = 5_000;

export interface ClockWatch {
  /** @returns by how much the wall clock jumped since the last call, negative for backwards; 0 without a jump */
  jumpMs(): number;
}

export function watchClock(clock: Clock): ClockWatch {
  const difference = () => clock.now() - clock.monotonic();
  let before = difference();
  return {
    jumpMs: () => {
      const after = difference();
      const moved = after - before;
      before = after;
      return Math.abs(moved) >= JUMP_MS ? moved : 0;
    },
  };
}
