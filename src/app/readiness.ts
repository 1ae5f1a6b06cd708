/** Whether the bridge can do its work now: its database answers and can be written, and its workers run. */
import { timeLimit, type Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { Readiness } from '../http/health.ts';
import type { Logger } from '../observability/logger.ts';

/** The time limit for the database; probes have a limit of a few seconds. */
const ANSWER_MS = 3_000;

interface Parts {
  /** @throws BridgeError unavailable, with the reason */
  readonly database: () => Promise<void>;
  /** The workspaces without a worker, and why. */
  readonly workerTroubles: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

export function createReadiness({ database, workerTroubles, clock, log }: Parts): Readiness {
  let before = '';

  async function databaseTrouble(): Promise<string | undefined> {
    const limit = timeLimit(clock, ANSWER_MS);
    const late = new Promise<never>((_resolve, reject) => {
      limit.signal.addEventListener('abort', () => {
        reject(
          new BridgeError('unavailable', `The database has not answered for ${ANSWER_MS / 1_000} seconds.`),
        );
      });
    });
    try {
      await Promise.race([database(), late]);
      return undefined;
    } catch (error) {
      if (error instanceof BridgeError) return error.message;
      log.error({ err: error }, 'the database could not be checked');
      return 'The database cannot be used: the log says why.';
    } finally {
      limit.end();
    }
  }

  return async () => {
    const trouble = await databaseTrouble();
    const reasons = [...(trouble === undefined ? [] : [trouble]), ...workerTroubles()];
    const now = reasons.join(' ');
    if (now !== before && now !== '') log.error({ reasons }, 'not ready');
    if (now !== before && now === '') log.info({}, 'ready again');
    before = now;
    return reasons;
  };
}
