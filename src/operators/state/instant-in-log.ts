/** Reads a time that an operator wrote, within the change log. */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { readTime } from '../read-time.ts';
import type { LogStore } from './log-store.ts';

/**
 * @param time such as 2026-01-05T09:00:00Z, or how long ago, such as 2h
 * @returns milliseconds since the epoch
 * @throws BridgeError invalid_value for a time that is not one, lies ahead, or is before the log begins
 */
export async function instantInLog(
  log: Pick<LogStore, 'logBegin'>,
  clock: Clock,
  workspace: string,
  time: string,
): Promise<number> {
  const now = clock.now();
  const at = readTime(time, now);
  if (at > now)
    throw new BridgeError('invalid_value', `${instant(at)} is in the future: give an earlier time.`);
  const begin = await log.logBegin(workspace);
  if (begin === undefined)
    throw new BridgeError(
      'invalid_value',
      'The change log of the workspace is empty: there is no state yet.',
    );
  if (at < begin)
    throw new BridgeError(
      'invalid_value',
      `The change log begins at ${instant(begin)}, and the state before is not known. Give a later time.`,
    );
  return at;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
