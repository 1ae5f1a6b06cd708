/**
 * Counts what is sent again because Mode accepted it and went on as before. A read may be behind; a step that has to be
 * sent again and again is one that Mode does not carry out.
 */
import type { Clock } from '../../clock.ts';
import { TargetError } from '../../provisioning/target.ts';

const MAX_ACCEPTED = 3;
const WINDOW_MS = 24 * 60 * 60_000;
const MAX_REMEMBERED = 10_000;

export interface Resends {
  /** @throws TargetError forbidden with `reason` when Mode has accepted this often enough */
  assertEffect(step: string, reason: string): void;
  accepted(step: string): void;
}

export function createResends(clock: Clock): Resends {
  const sent = new Map<string, { count: number; readonly since: number }>();
  return {
    assertEffect: (step, reason) => {
      const entry = sent.get(step);
      if (entry === undefined || entry.count < MAX_ACCEPTED) return;
      // Told once; a later try counts from the beginning.
      sent.delete(step);
      if (clock.now() - entry.since < WINDOW_MS) throw new TargetError('forbidden', reason);
    },
    accepted: (step) => {
      const entry = sent.get(step);
      const old = entry === undefined || clock.now() - entry.since >= WINDOW_MS;
      sent.delete(step);
      sent.set(step, { count: old ? 1 : entry.count + 1, since: old ? clock.now() : entry.since });
      const oldest = sent.size > MAX_REMEMBERED ? sent.keys().next().value : undefined;
      if (oldest !== undefined) sent.delete(oldest);
    },
  };
}
