/**
 * Counts writes that are sent again because Mode accepted them without effect. A single repeat may come from a lagging
 * read. After several repeats, Mode evidently does not apply the write.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';

const MAX_ACCEPTED = 3;
const WINDOW_MS = 24 * 60 * 60_000;
const MAX_REMEMBERED = 10_000;

export interface Resends {
  /**
   * @param what what the write changes, such as a person's role
   * @throws TargetError forbidden with `reason` when Mode has accepted this value too often
   */
  assertEffect(what: string, value: string, reason: string): void;
  /** Counts an accepted write. A different value restarts the count. */
  accepted(what: string, value: string): void;
}

export function createResends(clock: Clock): Resends {
  const sent = new Map<string, { readonly value: string; readonly count: number; readonly since: number }>();
  return {
    assertEffect: (what, value, reason) => {
      const entry = sent.get(what);
      if (entry?.value !== value || entry.count < MAX_ACCEPTED) return;
      // Reported once. A later try starts a new count.
      sent.delete(what);
      if (clock.monotonic() - entry.since < WINDOW_MS) throw new TargetError('forbidden', reason);
    },
    accepted: (what, value) => {
      const entry = sent.get(what);
      const now = clock.monotonic();
      const again = entry?.value === value && now - entry.since < WINDOW_MS;
      sent.delete(what);
      sent.set(what, again ? { ...entry, count: entry.count + 1 } : { value, count: 1, since: now });
      const oldest = sent.size > MAX_REMEMBERED ? sent.keys().next().value : undefined;
      if (oldest !== undefined) sent.delete(oldest);
    },
  };
}
