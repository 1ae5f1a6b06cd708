/** Reasons are stored as a JSON list of codes with parameters; null when there are none. */
import type { Reason } from '../../provisioning/reason/reason.ts';

export function reasonsText(reasons: readonly Reason[]): string | null {
  return reasons.length === 0 ? null : JSON.stringify(reasons);
}

export function toReasons(text: string | null): readonly Reason[] {
  return text === null ? [] : (JSON.parse(text) as readonly Reason[]);
}
