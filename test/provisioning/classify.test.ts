import { describe, expect, it } from 'vitest';
import { classify } from '../../src/provisioning/job/classify.ts';
import { TargetError, type TargetErrorKind } from '../../src/provisioning/ports/target.ts';

const at = (kind: TargetErrorKind, attempt = 1, outageMs = 0, retryAfterMs?: number) => {
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  return classify(new TargetError(kind, 'why', options), { attempt, outageMs, now: 1_000, random: 1 });
};

describe('a failed job', () => {
  it.each(['rate_limited', 'unavailable', 'unauthorized'] as const)(
    '%s: everything waits, and the job is never given up',
    (kind) => {
      expect(at(kind, 1_000)).toMatchObject({
        everywhere: true,
        verdict: { kind: 'retry', reasons: [{ code: `target_${kind}`, params: { answer: 'why' } }] },
        delivery: { state: 'pending' },
      });
    },
  );
  it('forbidden: waits for people, and nothing else waits with it', () => {
    expect(at('forbidden')).toMatchObject({
      everywhere: false,
      verdict: { kind: 'park' },
      delivery: { state: 'blocked', reasons: [{ code: 'target_forbidden' }] },
    });
  });
  it.each(['refused', 'not_found'] as const)(
    '%s: tried again twice after a read, then waits for people',
    (kind) => {
      expect([1, 2, 3].map((attempt) => at(kind, attempt).verdict.kind)).toEqual(['retry', 'retry', 'park']);
    },
  );
  it('waits as long as Mode asks', () => {
    expect(at('rate_limited', 1, 0, 7_000).verdict).toMatchObject({ at: 8_000 });
  });
  it('waits a tenth of how long Mode has been failing, a quarter of a second at least and half a minute at most', () => {
    const waits = [0, 10_000, 100_000, 10_000_000].map((outageMs) => at('unavailable', 1, outageMs).verdict);
    expect(waits.map((verdict) => (verdict.kind === 'retry' ? verdict.at - 1_000 : 0))).toEqual([
      250, 1_000, 10_000, 30_000,
    ]);
  });
});
