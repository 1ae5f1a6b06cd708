/** A wait that a finished job or an operator can end. */
import type { Clock } from '../clock.ts';

export interface Signal {
  raise(): void;
  /** Resolves after `ms`, when raised (also when it was since the last wait), or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createSignal(clock: Clock): Signal {
  let raised = false;
  let waiting: AbortController | undefined;
  return {
    raise: () => {
      raised = true;
      // With a reason: without one, an error with its stack is made each time.
      waiting?.abort('raised');
    },
    wait: async (ms, signal) => {
      if (!raised && !signal.aborted) {
        const cut = new AbortController();
        const stop = () => {
          cut.abort('stopped');
        };
        signal.addEventListener('abort', stop, { once: true });
        waiting = cut;
        await clock.sleep(ms, cut.signal);
        waiting = undefined;
        signal.removeEventListener('abort', stop);
      }
      raised = false;
    },
  };
}
