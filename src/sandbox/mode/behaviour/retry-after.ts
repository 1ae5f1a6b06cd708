/** What a 429 says about when to come again. Pure. */
import type { Settings } from './settings.ts';

const EACH_IN_TURN = ['seconds', 'date', 'none'] as const;

/**
 * @param waitMs until a call may pass @param now milliseconds since the epoch @param turn counts the refusals
 * @returns the header's value (RFC 9110 section 10.2.3), never too early; undefined: no header
 */
export function retryAfter(
  how: Settings['retry_after'],
  waitMs: number,
  now: number,
  turn: number,
): string | undefined {
  const form = how === 'mixed' ? EACH_IN_TURN[turn % EACH_IN_TURN.length] : how;
  if (form === 'seconds') return String(Math.max(1, Math.ceil(waitMs / 1_000)));
  if (form === 'date') return new Date(Math.ceil((now + waitMs) / 1_000) * 1_000).toUTCString();
  return undefined;
}
