/** What an answer of Mode that is no success means: pure. Mode's own words are kept for people. */
import { TargetError, type TargetErrorKind } from '../../../provisioning/ports/target.ts';
import { parseBounded } from './bounded-json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const MAX_QUOTED = 300;
/** Mode's words for a key of the wrong kind, with the status of a bad request. */
const WRONG_KIND_OF_KEY = /unsupported for use with api keys/i;

/**
 * @param who answered, e.g. "Mode"
 * @param what was asked, e.g. "POST /api/acme/invites"
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function answerError(who: string, what: string, answer: Answer, now: number): TargetError {
  const kind = kindOf(answer);
  const words = modeWords(answer.text);
  const said = words === '' ? '.' : `: ${words}${/[.!?]$/.test(words) ? '' : '.'}`;
  const advice = kind === 'forbidden' ? ' There is no privilege for this.' : '';
  const message = `${who} answered ${answer.status} to ${what}${said}${advice}`;
  const retryAfterMs = retryAfter(answer.headers['retry-after'], now);
  const { status } = answer;
  return new TargetError(kind, message, retryAfterMs === undefined ? { status } : { status, retryAfterMs });
}

function kindOf({ status, text }: Answer): TargetErrorKind {
  if (status === 401) return 'unauthorized';
  // What is not there to be called is as shut as what is forbidden: waiting does not open it.
  if (status === 403 || status === 405 || status === 501) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status >= 500 || status < 400) return 'unavailable';
  return WRONG_KIND_OF_KEY.test(text) ? 'forbidden' : 'refused';
}

/** The message of `{id, message}`, or the detail of a SCIM error; the fields of a validation, nothing of a page for people. */
function modeWords(text: string): string {
  try {
    const { detail, message = detail } = parseBounded(text) as { message?: unknown; detail?: unknown };
    if (typeof message === 'string') return message.slice(0, MAX_QUOTED);
    if (typeof message === 'object' && message !== null) {
      const fields = Object.entries(message).map(
        ([field, problems]) => `${field} ${[problems].flat().join(', ')}`,
      );
      return fields.join('; ').slice(0, MAX_QUOTED);
    }
    return '';
  } catch {
    // HTML, nothing, or half of something: it tells people nothing.
    return '';
  }
}

/** Seconds or a date (RFC 9110 section 10.2.3), as milliseconds from now. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
