/** What a process holds in memory over a time. */
import { setInterval, clearInterval } from 'node:timers';
import { residentMegabytes } from '../servers/program.ts';
import { median } from '../table.ts';

const EVERY_MS = 1_000;

export interface Memory {
  /** Megabytes: the median of the second quarter, when all is warm, and of the last one. */
  stop(): { readonly early: number; readonly late: number };
}

export function measureMemory(processId: number): Memory {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMegabytes(processId)), EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      const quarter = Math.floor(samples.length / 4);
      return {
        early: median(samples.slice(quarter, 2 * quarter)),
        late: median(samples.slice(-quarter)),
      };
    },
  };
}
