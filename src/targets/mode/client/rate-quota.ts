/**
 * Reads the rate limit of a credential from response headers. Pure. Mode's help page documents `X-RateLimit-Limit` and
 * `X-RateLimit-Remaining`, and a limit of 40 requests in 10 seconds.
 */
import type { Answer } from './answer-error.ts';

/** Mode's window, unless the header has another one. */
const WINDOW_MS = 10_000;
/** A limit up to this number is per second: Mode's help page has both forms. */
const MOST_A_SECOND = 10;

export interface RateQuota {
  /** Calls in one window. */
  readonly limit: number;
  /** Calls left now. */
  readonly remaining: number;
  readonly windowMs: number;
}

/** @returns undefined unless the response has both numbers */
export function quotaOf(headers: Answer['headers']): RateQuota | undefined {
  const limitHeader = textOf(headers['x-ratelimit-limit']);
  const limit = countOf(limitHeader);
  const remaining = countOf(textOf(headers['x-ratelimit-remaining']));
  if (limit === undefined || limit === 0 || remaining === undefined) return undefined;
  const seconds = /;\s*w=(\d{1,5})\b/.exec(limitHeader)?.[1];
  const windowMs =
    seconds === undefined ? (limit <= MOST_A_SECOND ? 1_000 : WINDOW_MS) : Number(seconds) * 1_000;
  return windowMs === 0 ? undefined : { limit, remaining: Math.min(limit, remaining), windowMs };
}

function textOf(header: string | string[] | undefined): string {
  return [header].flat()[0] ?? '';
}

/** The leading number, e.g. 40 in "40;w=10". */
function countOf(header: string): number | undefined {
  const digits = /^\s*(\d{1,9})(?!\d|\.)/.exec(header)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
