import { describe, expect, it } from 'vitest';
import { quotaOf } from '../../../src/targets/mode/client/rate-quota.ts';
import { createTokenBucket } from '../../../src/targets/mode/client/token-bucket.ts';

function setup(perSecond: number) {
  const time = { now: 0 };
  const clock = {
    now: () => time.now,
    monotonic: () => time.now,
    sleep: (ms: number) => {
      time.now += ms;
      return Promise.resolve();
    },
  };
  const bucket = createTokenBucket(clock, perSecond);
  /** How long this number of requests takes, in milliseconds. */
  const take = async (count: number) => {
    const from = time.now;
    for (let taken = 0; taken < count; taken += 1) await bucket.take();
    return time.now - from;
  };
  return { bucket, take, time };
}

describe('which call goes next', () => {
  it('removals of access go first, then people, then groups', async () => {
    const { bucket, time } = setup(4);
    await bucket.take();
    const gone: string[] = [];
    const ask = (order: 'urgent' | 'normal' | 'group' | 'feed', name: string) =>
      bucket.take(order).then(() => gone.push(name));
    const all = [
      ask('feed', 'permissions'),
      ask('group', 'member'),
      ask('normal', 'invite 1'),
      ask('normal', 'invite 2'),
      ask('urgent', 'leaver 1'),
      ask('urgent', 'leaver 2'),
    ];
    await Promise.all(all);
    expect(gone).toEqual(['leaver 1', 'leaver 2', 'invite 1', 'invite 2', 'member', 'permissions']);
    expect(time.now).toBe(1_500);
  });

  it('a call for a group lets others pass for at most half a minute', async () => {
    const { bucket, time } = setup(4);
    await bucket.take();
    const gone: string[] = [];
    const waiting: Promise<unknown>[] = [bucket.take('group').then(() => gone.push('group'))];
    const pushMore = async (): Promise<void> => {
      gone.push('invite');
      if (time.now < 60_000) await bucket.take('normal').then(pushMore);
    };
    waiting.push(bucket.take('normal').then(pushMore), bucket.take('normal').then(pushMore));
    await Promise.all(waiting);
    expect(gone.indexOf('group')).toBeGreaterThan(100);
    expect(gone.indexOf('group')).toBeLessThan(130);
  });
});

describe("Mode's rate limit headers", () => {
  const quota = { limit: 40, remaining: 40, windowMs: 10_000 };

  it('are respected: after the burst, four calls per second', async () => {
    const { bucket, take } = setup(500);
    await bucket.take();
    bucket.answered(quota);
    expect(await take(21)).toBeLessThan(100);
    expect(await take(8)).toBeGreaterThan(1_900);
    expect(bucket.rate).toBe(4);
  });

  it('keep the quota from being used up: the less is left, the slower the calls', async () => {
    const { bucket, take } = setup(500);
    await bucket.take();
    bucket.answered({ ...quota, remaining: 2 });
    await take(1);
    expect(await take(1)).toBeGreaterThan(750);
    bucket.answered({ ...quota, remaining: 0 });
    expect(await take(1)).toBeGreaterThan(2_000);
  });

  it('do not make calls faster than the setting', async () => {
    const { bucket, take } = setup(4);
    await bucket.take();
    bucket.answered({ ...quota, limit: 4_000, remaining: 4_000 });
    expect(await take(40)).toBeCloseTo(10_000);
  });

  it.each([
    [
      { 'x-ratelimit-limit': '40', 'x-ratelimit-remaining': '39' },
      { limit: 40, remaining: 39, windowMs: 10_000 },
    ],
    [
      { 'x-ratelimit-limit': '4', 'x-ratelimit-remaining': '0' },
      { limit: 4, remaining: 0, windowMs: 1_000 },
    ],
    [
      { 'x-ratelimit-limit': '100;w=60', 'x-ratelimit-remaining': '7' },
      { limit: 100, remaining: 7, windowMs: 60_000 },
    ],
    [{ 'x-ratelimit-limit': '40' }, undefined],
    [{ 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '1' }, undefined],
    [{ 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0' }, undefined],
    [{ 'x-ratelimit-limit': '40;w=0', 'x-ratelimit-remaining': '0' }, undefined],
    [{}, undefined],
  ])('%j is read as %j', (headers, expected) => {
    expect(quotaOf(headers)).toEqual(expected);
  });
});

describe('the rate of calls', () => {
  it('is kept after a burst of a quarter of a second', async () => {
    const { take } = setup(20);
    expect(await take(5)).toBe(0);
    expect(await take(20)).toBeCloseTo(1_000);
  });

  it('is kept exactly when a sleep takes longer than requested', async () => {
    const { take, time } = setup(20);
    await take(5);
    time.now += 100;
    expect(await take(2)).toBe(0);
    expect(await take(10)).toBeCloseTo(500);
  });

  it('halves with a 429, once for all requests in flight, and recovers with successes', async () => {
    const { bucket, take, time } = setup(8);
    await take(2);
    const sent = await bucket.take();
    time.now += 10;
    bucket.slowDown(sent, 0);
    bucket.slowDown(sent, 0);
    expect(bucket.rate).toBe(4);
    for (let count = 0; count < 20; count += 1) {
      const next = await bucket.take();
      time.now += 1;
      bucket.slowDown(next, 0);
    }
    expect(bucket.rate).toBe(0.2);
    expect(await take(2)).toBeGreaterThan(5_000);
    for (let count = 0; count < 100; count += 1) bucket.speedUp();
    await take(8);
    expect(await take(8)).toBeCloseTo(1_000);
  });

  it('pauses for Retry-After, and longer with each 429 without it', async () => {
    const { bucket, take } = setup(10);
    expect(bucket.slowDown(await bucket.take(), 7_000)).toBe(7_000);
    expect(await take(1)).toBe(7_000);
    expect(bucket.slowDown(await bucket.take())).toBe(2_000);
    expect(bucket.slowDown(await bucket.take())).toBe(4_000);
    bucket.speedUp();
    expect(bucket.slowDown(await bucket.take())).toBe(1_000);
  });

  it('makes no call wait when the bridge stops', async () => {
    const closing = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      closing.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    const clock = { now: () => 0, monotonic: () => 0, sleep: () => aborted };
    const bucket = createTokenBucket(clock, 1, closing.signal);
    await bucket.take();
    const waiting = [bucket.take(), bucket.take()];
    closing.abort();
    const ends = await Promise.allSettled(waiting);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
  });

  it('does not accumulate while there are no calls', async () => {
    const { take, time } = setup(20);
    time.now += 60_000;
    expect(await take(6)).toBeCloseTo(50);
  });
});
