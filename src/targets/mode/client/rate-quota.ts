/**
 * What an answer says of the limit that Mode keeps for a credential: pure. `X-RateLimit-Limit` and
 * `X-RateLimit-Remaining` are in Mode's help page, which speaks of 40 requests in 10 seconds.
 */
import type { Answer } from './answer-error.ts';

/** Mode's window, when the header does not say another one. */
const WINDOW_MS = 10_000;
/** A limit that is this small is one for a second: Mode's page has it in both forms. */
const MOST_A_SECOND = 10;

export interface RateQuota {
  /** Calls in one window. */
  readonly limit: number;
  /** Calls that are left now. */
  readonly remaining: number;
  readonly windowMs: number;
}

/** @returns undefined when the answer does not say both numbers */
export function quotaOf(headers: Answer['headers']): RateQuota | undefined {
  const told = textOf(headers['x-ratelimit-limit']);
  const limit = countOf(told);
  const remaining = countOf(textOf(headers['x-ratelimit-remaining']));
  if (limit === undefined || limit === 0 || remaining === undefined) return undefined;
  const seconds = /;\s*w=(\d{1,5})\b/.exec(told)?.[1];
  const windowMs =
    seconds === undefined ? (limit <= MOST_A_SECOND ? 1_000 : WINDOW_MS) : Number(seconds) * 1_000;
  return windowMs === 0 ? undefined : { limit, remaining: Math.min(limit, remaining), windowMs };
}

function textOf(header: string | string[] | undefined): string {
  return [header].flat()[0] ?? '';
}

/** The number at the beginning, e.g. 40 of "40;w=10". */
function countOf(header: string): number | undefined {
  const digits = /^\s*(\d{1,9})(?!\d|\.)/.exec(header)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
