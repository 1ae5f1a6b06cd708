/** A wait that something else can end: a job that finished, or an operator's wish. */
import type { Clock } from '../clock.ts';

export interface Bell {
  ring(): void;
  /** Resolves after `ms`, when rung (also when it was since the last wait), or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let waiting: AbortController | undefined;
  return {
    ring: () => {
      rung = true;
      waiting?.abort();
    },
    wait: async (ms, signal) => {
      if (!rung && !signal.aborted) {
        const cut = new AbortController();
        const stop = () => {
          cut.abort();
        };
        signal.addEventListener('abort', stop, { once: true });
        waiting = cut;
        await clock.sleep(ms, cut.signal);
        waiting = undefined;
        signal.removeEventListener('abort', stop);
      }
      rung = false;
    },
  };
}
