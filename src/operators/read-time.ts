/** A time as an operator writes it. */
import { BridgeError } from '../errors.ts';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @param text such as 2026-01-05T09:00:00Z, or how long ago, such as 15m
 * @returns milliseconds since the epoch
 * @throws BridgeError invalid_value
 */
export function readTime(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS_MS[unit] ?? 0);
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new BridgeError(
    'invalid_value',
    `"${text}" is not a time. Use one such as 2026-01-05T09:00:00Z, or how long ago: 30s, 15m, 2h or 7d.`,
  );
}
