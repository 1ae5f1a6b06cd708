/** Instants as the admin API returns them. */
import { Type } from 'typebox';

export const At = Type.String({ format: 'date-time' });
export const Instant = Type.Union([At, Type.Null()]);
export const Text = Type.Union([Type.String(), Type.Null()]);
export const Count = Type.Integer({ minimum: 0 });

export function instant(ms: number): string;
export function instant(ms: number | null): string | null;
export function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
