/** Instants as the admin API tells them. */
import { Type } from 'typebox';

export const Instant = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
export const Text = Type.Union([Type.String(), Type.Null()]);
export const Count = Type.Integer({ minimum: 0 });

export function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
