import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../../src/targets/mode/token-bucket.ts';

function setup(perSecond: number) {
  const time = { now: 0 };
  const clock = {
    now: () => time.now,
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
  it('is kept after a first second at once', async () => {
    const { take } = setup(10);
    expect(await take(10)).toBe(0);
    expect(await take(20)).toBeCloseTo(2_000);
  });

  it('halves with every 429, down to one in five seconds, and comes back with successes', async () => {
    const { bucket, take } = setup(8);
    await take(8);
    bucket.slowDown();
    expect(await take(4)).toBeCloseTo(1_000);
    for (let count = 0; count < 20; count += 1) bucket.slowDown();
    expect(await take(1)).toBeCloseTo(5_000);
    for (let count = 0; count < 100; count += 1) bucket.speedUp();
    await take(8);
    expect(await take(8)).toBeCloseTo(1_000);
  });

  it('does not pile up while nothing is asked', async () => {
    const { take, time } = setup(5);
    time.now += 60_000;
    expect(await take(6)).toBeCloseTo(200);
  });
});
