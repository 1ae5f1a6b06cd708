import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeakyBucket } from '../../src/sandbox/mode/behaviour/leaky-bucket.ts';
import { retryAfter } from '../../src/sandbox/mode/behaviour/retry-after.ts';
import { PROFILES } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { createRateLimit } from '../../src/sandbox/mode/behaviour/rate-limit.ts';
import { basic, INVITER, MAIN, simulate } from './simulated.ts';

const VERIFY = '/api/verify';
/** Rounding error of a sum of fractions. */
const ROUNDING = 1e-6;

describe('12.14 the leaky bucket', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 200 });
  const rates = fc.double({ min: 0.1, max: 200, noNaN: true });
  const bursts = fc.integer({ min: 1, max: 100 });

  it('no interval accepts more than burst + rate * time', () => {
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

  it('a call passes after exactly the returned wait, and not before', () => {
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

  it('a clock that goes back does not let more calls through', () => {
    const bucket = createLeakyBucket();
    expect(bucket.take(10_000, 1, 1)).toBeUndefined();
    expect(bucket.take(0, 1, 1)).toBe(1_000);
    expect(bucket.take(10_500, 1, 1)).toBe(500);
  });
});

describe('12.14 Retry-After of a 429', () => {
  it('is never too early, in seconds or as a date', () => {
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

  it('the bucket leaks with time, holds one second of calls by default, and /batch counts too', async () => {
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

describe('1.7 about 4 calls per second and 40 in 10 seconds for each key', () => {
  const LIMITED = ['likely', 'documented', 'hostile'] as const;
  const { rate_per_second: rate, burst, rate_window: window } = PROFILES.likely;
  const limits = { rate_per_second: rate, burst, rate_window: window };

  it.each(LIMITED)('%s has that limit, and kind has none', (profile) => {
    expect(PROFILES[profile]).toMatchObject({ ...limits, rate_per_second: 4 });
    expect(PROFILES[profile].rate_window).toEqual({ calls: 40, seconds: 10 });
    expect(PROFILES.kind).toMatchObject({ rate_per_second: null, rate_window: null });
  });

  it('4 calls are accepted at once, and 40 in a window of 10 seconds', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(gaps, (waits) => {
        const limit = createRateLimit();
        let now = 0;
        let windowFrom = -Infinity;
        let inWindow = 0;
        const passed: number[] = [];
        for (const wait of waits) {
          now += wait;
          if (now >= windowFrom + 10_000) [windowFrom, inWindow] = [now, 0];
          const taken = limit.take('main', now, limits);
          if (taken?.waitMs !== undefined) {
            expect(taken).toMatchObject({ limit: 40, remaining: 0 });
            continue;
          }
          inWindow += 1;
          expect(taken).toMatchObject({ limit: 40, remaining: 40 - inWindow });
          passed.push(now);
          // 4 at once, plus what has leaked since.
          const lastSecond = passed.filter((at) => at > now - 1_000);
          expect(lastSecond.length).toBeLessThanOrEqual(8);
        }
      }),
    );
  });

  it('a call every 250 ms is hardly ever refused, and passes after the Retry-After', () => {
    const limit = createRateLimit();
    let refused = 0;
    for (let now = 0; now < 600_000; now += 250) {
      const taken = limit.take('main', now, limits);
      if (taken?.waitMs === undefined) continue;
      refused += 1;
      expect(limit.take('main', now + taken.waitMs, limits)?.waitMs).toBeUndefined();
    }
    expect(refused).toBe(0);
  });

  it('a key at its limit does not affect other keys', async () => {
    const { call, time } = await simulate({ profile: 'likely' });
    const ask = async (key: string | null) => {
      const { status, headers } = await call('GET', '/api/acme', undefined, key);
      return [status, headers.get('x-ratelimit-remaining'), headers.get('retry-after')];
    };
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push(await ask(MAIN));
    expect(statuses).toEqual([...[39, 38, 37, 36].map((left) => [200, String(left), null]), [429, '0', '1']]);
    expect(await ask(INVITER)).toEqual([200, '39', null]);
    expect(await ask(null)).toEqual([200, '39', null]);
    expect(await ask(basic('wrong'))).toEqual([200, '39', null]);
    for (let count = 0; count < 36; count += 1) {
      time.now += 250;
      expect((await ask(MAIN))[0]).toBe(200);
    }
    time.now += 250;
    expect(await ask(MAIN)).toEqual([429, '0', '1']);
    time.now += 750;
    expect(await ask(MAIN)).toEqual([200, '39', null]);
  });

  it('responses have the limit headers when rate_headers is true, and never without a limit', async () => {
    const { call, control } = await simulate({ rate_per_second: 2, burst: 5 });
    expect((await call('GET', VERIFY)).headers.get('x-ratelimit-limit')).toBe('5');
    control.set({ quirks: { rate_headers: false } });
    expect((await call('GET', VERIFY)).headers.has('x-ratelimit-limit')).toBe(false);
    control.set({ profile: 'kind' });
    expect((await call('GET', VERIFY)).headers.has('x-ratelimit-limit')).toBe(false);
  });
});
