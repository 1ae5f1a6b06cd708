/** The Retry-After header of a 429. Pure. */
import type { Settings } from './settings.ts';

const MIXED_FORMS = ['seconds', 'date', 'none'] as const;

/**
 * @param waitMs until the next call is accepted @param now milliseconds since the epoch
 * @param turn number of earlier 429s; picks the form when `how` is "mixed"
 * @returns the header value (RFC 9110 section 10.2.3), never too early; undefined for no header
 */
export function retryAfter(
  how: Settings['retry_after'],
  waitMs: number,
  now: number,
  turn: number,
): string | undefined {
  const form = how === 'mixed' ? MIXED_FORMS[turn % MIXED_FORMS.length] : how;
  if (form === 'seconds') return String(Math.max(1, Math.ceil(waitMs / 1_000)));
  if (form === 'date') return new Date(Math.ceil((now + waitMs) / 1_000) * 1_000).toUTCString();
  return undefined;
}
