import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../../src/targets/mode/token-bucket.ts';

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
  /** How long that many requests take, in milliseconds. */
  const take = async (count: number) => {
    const from = time.now;
    for (let taken = 0; taken < count; taken += 1) await bucket.take();
    return time.now - from;
  };
  return { bucket, take, time };
}

describe('the rate at which Mode is asked', () => {
  it('is kept after a quarter of a second at once', async () => {
    const { take } = setup(20);
    expect(await take(5)).toBe(0);
    expect(await take(20)).toBeCloseTo(1_000);
  });

  it('is kept to the call when a wait takes longer than asked', async () => {
    const { take, time } = setup(20);
    await take(5);
    time.now += 100;
    expect(await take(2)).toBe(0);
    expect(await take(10)).toBeCloseTo(500);
  });

  it('halves with a 429, once for all that were under way, and comes back with successes', async () => {
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

  it('pauses as long as Mode says, and longer with each 429 that does not say', async () => {
    const { bucket, take } = setup(10);
    expect(bucket.slowDown(await bucket.take(), 7_000)).toBe(7_000);
    expect(await take(1)).toBe(7_000);
    expect(bucket.slowDown(await bucket.take())).toBe(2_000);
    expect(bucket.slowDown(await bucket.take())).toBe(4_000);
    bucket.speedUp();
    expect(bucket.slowDown(await bucket.take())).toBe(1_000);
  });

  it('is not waited for by a bridge that stops', async () => {
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

  it('does not pile up while nothing is asked', async () => {
    const { take, time } = setup(20);
    time.now += 60_000;
    expect(await take(6)).toBeCloseTo(50);
  });
});
