import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeakyBucket } from '../../src/sandbox/leaky-bucket.ts';
import { retryAfter } from '../../src/sandbox/retry-after.ts';
import { simulate } from './simulated.ts';

const VERIFY = '/api/verify';
/** Of adding up fractions. */
const ROUNDING = 1e-6;

describe('12.14 the leaky bucket', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 200 });
  const rates = fc.double({ min: 0.1, max: 200, noNaN: true });
  const bursts = fc.integer({ min: 1, max: 100 });

  it('no window lets more through than burst + rate * time', () => {
    fc.assert(
      fc.property(arrivals, rates, bursts, (gaps, rate, burst) => {
        const bucket = createLeakyBucket();
        let now = 0;
        const passed: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (bucket.take(now, rate, burst) === undefined) passed.push(now);
        }
        for (let from = 0; from < passed.length; from += 1) {
          for (let to = from; to < passed.length; to += 1) {
            const seconds = ((passed[to] ?? 0) - (passed[from] ?? 0)) / 1_000;
            expect(to - from + 1).toBeLessThanOrEqual(burst + rate * seconds + ROUNDING);
          }
        }
      }),
    );
  });

  it('who waits as long as told passes, and one moment earlier would not', () => {
    fc.assert(
      fc.property(arrivals, rates, bursts, (gaps, rate, burst) => {
        const bucket = createLeakyBucket();
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const wait = bucket.take(now, rate, burst);
          if (wait === undefined) continue;
          expect(wait).toBeGreaterThan(0);
          expect(bucket.take(now + wait * 0.9, rate, burst)).toBeGreaterThan(0);
          now += wait + ROUNDING;
          expect(bucket.take(now, rate, burst)).toBeUndefined();
        }
      }),
    );
  });

  it('a clock that goes back lets nothing more through', () => {
    const bucket = createLeakyBucket();
    expect(bucket.take(10_000, 1, 1)).toBeUndefined();
    expect(bucket.take(0, 1, 1)).toBe(1_000);
    expect(bucket.take(10_500, 1, 1)).toBe(500);
  });
});

describe('12.14 what a 429 says', () => {
  it('a time to come again is never too early, in seconds or as a date', () => {
    const waits = fc.double({ min: 0.001, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(waits, fc.integer({ min: 0, max: 2e12 }), (waitMs, now) => {
        expect(Number(retryAfter('seconds', waitMs, now, 0)) * 1_000).toBeGreaterThanOrEqual(waitMs);
        const date = Date.parse(retryAfter('date', waitMs, now, 0) ?? '');
        expect(date - now).toBeGreaterThanOrEqual(waitMs - ROUNDING * now);
        expect(date - now).toBeLessThanOrEqual(waitMs + 1_001);
      }),
    );
  });

  it.each([
    ['seconds', ['1', '1', '1', '1']],
    ['date', Array(4).fill('Thu, 01 Jan 1970 00:16:41 GMT')],
    ['none', [null, null, null, null]],
    ['mixed', ['1', 'Thu, 01 Jan 1970 00:16:41 GMT', null, '1']],
  ] as const)('%s', async (retry_after, expected) => {
    const { call, control } = await simulate({ rate_per_second: 4, burst: 1, retry_after });
    expect((await call('GET', VERIFY)).status).toBe(200);
    const refused = [];
    for (let count = 0; count < 4; count += 1) refused.push(await call('GET', VERIFY));
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
    expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(expected);
    expect(control.counts().by_status).toEqual({ '200': 1, '429': 4 });
  });

  it('the bucket leaks with time, holds one second when no burst is given, and batches count too', async () => {
    const { call, time, control } = await simulate({ rate_per_second: 3 });
    const statuses = async (count: number) => {
      const all = [];
      for (let index = 0; index < count; index += 1) {
        all.push((await call('GET', index % 2 === 0 ? VERIFY : '/batch/acme/members')).status === 429);
      }
      return all;
    };
    expect(await statuses(4)).toEqual([false, false, false, true]);
    time.now += 400;
    expect(await statuses(2)).toEqual([false, true]);
    control.set({ rate_per_second: null });
    expect(await statuses(5)).toEqual(Array(5).fill(false));
  });
});
