/** Keeps the worker running while the bridge runs. A worker that ends by itself is reported and started again. */
import { timeLimit, type Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Worker } from '../worker/worker.ts';

const RESTART_MS = 5_000;

export interface Keeper {
  /** Why no worker runs; undefined while one runs. */
  trouble(): string | undefined;
  /** Works until the signal is aborted and the steps under way are finished. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export function keepWorking(worker: Pick<Worker, 'run'>, clock: Clock, log: Logger): Keeper {
  let trouble: string | undefined = 'The worker does not run yet: nothing is sent to Mode.';

  return {
    trouble: () => trouble,
    run: async (signal) => {
      const stopped = () => signal.aborted;
      while (!stopped()) {
        trouble = undefined;
        try {
          await worker.run(signal);
        } catch (error) {
          log.error({ err: error }, 'the worker failed');
        }
        trouble = 'The worker ended: nothing is sent to Mode until it runs again.';
        if (stopped()) break;
        log.error({ againInMs: RESTART_MS }, 'the worker ended by itself: starting it again');
        await clock.sleep(RESTART_MS, signal);
      }
    },
  };
}

/** @returns whether the work ended within the time */
export async function endsWithin(work: Promise<unknown>, clock: Clock, ms: number): Promise<boolean> {
  const limit = timeLimit(clock, ms);
  const late = new Promise<boolean>((resolve) => {
    limit.signal.addEventListener('abort', () => {
      resolve(false);
    });
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    limit.end();
  }
}
