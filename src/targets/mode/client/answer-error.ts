/** Turns an error response of Mode into a TargetError. Pure. The message quotes Mode's own message. */
import { TargetError, type TargetErrorKind } from '../../../provisioning/ports/target.ts';
import { parseBounded } from './bounded-json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const MAX_QUOTED = 300;
/** Mode's message for the wrong kind of key, which comes with status 400. */
const WRONG_KIND_OF_KEY = /unsupported for use with api keys/i;

/**
 * @param who name of the API, e.g. "Mode"
 * @param what the call, e.g. "POST /api/acme/invites"
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function answerError(who: string, what: string, answer: Answer, now: number): TargetError {
  const kind = kindOf(answer);
  const quoted = modeMessage(answer.text);
  const reason = quoted === '' ? '.' : `: ${quoted}${/[.!?]$/.test(quoted) ? '' : '.'}`;
  const advice = kind === 'forbidden' ? ' The credential lacks the privilege for this call.' : '';
  const message = `${who} answered ${answer.status} to ${what}${reason}${advice}`;
  const retryAfterMs = retryAfter(answer.headers['retry-after'], now);
  const { status } = answer;
  return new TargetError(kind, message, retryAfterMs === undefined ? { status } : { status, retryAfterMs });
}

function kindOf({ status, text }: Answer): TargetErrorKind {
  if (status === 401) return 'unauthorized';
  // A call that does not exist is treated like a forbidden one: waiting does not help.
  if (status === 403 || status === 405 || status === 501) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status >= 500 || status < 400) return 'unavailable';
  return WRONG_KIND_OF_KEY.test(text) ? 'forbidden' : 'refused';
}

/** The message of `{id, message}`, the detail of a SCIM error, or the fields of a failed validation. Empty for HTML. */
function modeMessage(text: string): string {
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
    // HTML, an empty body or truncated JSON: there is nothing useful to quote.
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
