import { expect, it } from 'vitest';
import { readInParallel } from '../../src/provisioning/observe/read-in-parallel.ts';

const pause = () => new Promise(setImmediate);
const items = Array.from({ length: 20 }, (_, index) => index);

it('reads every item once, and never more than four at once', async () => {
  const read: number[] = [];
  let running = 0;
  let most = 0;
  await readInParallel(items, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await pause();
    running -= 1;
    read.push(item);
  });
  expect(read.sort((a, b) => a - b)).toEqual(items);
  expect(most).toBe(4);
});

it('begins no more reads after one has failed, and throws its error', async () => {
  const begun: number[] = [];
  const reading = readInParallel(items, async (item) => {
    begun.push(item);
    await pause();
    if (item === 1) throw new Error('Mode is down');
  });
  await expect(reading).rejects.toThrow('Mode is down');
  const count = begun.length;
  await pause();
  expect(begun).toHaveLength(count);
  expect(count).toBeLessThan(items.length);
});

it('begins no more reads after the signal is aborted, and does not fail', async () => {
  const stopping = new AbortController();
  const begun: number[] = [];
  await readInParallel(
    items,
    async (item) => {
      begun.push(item);
      await pause();
      if (item === 3) stopping.abort();
    },
    stopping.signal,
  );
  expect(begun.length).toBeLessThan(items.length);
});
