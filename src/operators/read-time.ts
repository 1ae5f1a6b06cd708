/** Reads a time that an operator wrote. */
import { BridgeError } from '../errors.ts';

const DURATION = /^(\d{1,6})([smhd])$/;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A later time is a mistake. */
const MAX_AHEAD_DAYS = 3_650;

/**
 * @param text such as 2027-01-05T09:00:00Z, or how long from now, such as 90d
 * @returns a time that is later than now. Milliseconds since the epoch
 * @throws BridgeError invalid_value
 */
export function readTimeAhead(text: string, now: number): number {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const at = count === undefined ? readDate(text) : now + Number(count) * (UNITS_MS[unit] ?? 0);
  if (at === undefined || at <= now || at > now + MAX_AHEAD_DAYS * 86_400_000)
    throw new BridgeError(
      'invalid_value',
      `"${text}" is not a time from now to ten years ahead. Use one such as 2027-01-05T09:00:00Z, or how long from now: 12h or 90d.`,
    );
  return at;
}

/**
 * @param text such as 2026-01-05T09:00:00Z, or how long ago, such as 15m
 * @returns milliseconds since the epoch
 * @throws BridgeError invalid_value
 */
export function readTime(text: string, now: number): number {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS_MS[unit] ?? 0);
  const at = readDate(text);
  if (at !== undefined) return at;
  throw new BridgeError(
    'invalid_value',
    `"${text}" is not a time. Use one such as 2026-01-05T09:00:00Z, or how long ago: 30s, 15m, 2h or 7d.`,
  );
}

function readDate(text: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
