import { expect, it } from 'vitest';
import { createScanQueue } from '../../src/store/engine/scan-queue.ts';

function scene() {
  let now = 0;
  const inTurn = createScanQueue({ monotonic: () => now });
  const running: (() => void)[] = [];
  const search = () => {
    return inTurn(() => {
      const { promise, resolve } = Promise.withResolvers<string>();
      running.push(() => {
        resolve('found');
      });
      return promise;
    });
  };
  return {
    inTurn,
    search,
    running,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const settled = () => new Promise(setImmediate);

it('runs two searches at once, and the next one when one ends', async () => {
  const { search, running } = scene();
  const searches = [search(), search(), search()];
  await settled();
  expect(running).toHaveLength(2);
  running[0]?.();
  await settled();
  expect(running).toHaveLength(3);
  for (const end of running) end();
  expect(await Promise.all(searches)).toEqual(['found', 'found', 'found']);
});

it('refuses a search when a hundred wait', async () => {
  const { search, running } = scene();
  const accepted = Array.from({ length: 102 }, search);
  await expect(search()).rejects.toMatchObject({ code: 'unavailable' });
  for (let ended = 0; ended < accepted.length; ended += 1) {
    await settled();
    running[ended]?.();
  }
  expect(new Set(await Promise.all(accepted))).toEqual(new Set(['found']));
});

it('refuses a search that has waited for more than 20 seconds, and runs those after it', async () => {
  const { search, running, pass } = scene();
  const first = [search(), search()];
  const late = search();
  const refused = expect(late).rejects.toMatchObject({ code: 'unavailable' });
  await settled();
  pass(20_001);
  const after = search();
  running[0]?.();
  await refused;
  await settled();
  expect(running).toHaveLength(3);
  for (const end of running) end();
  expect(await Promise.all([...first, after])).toEqual(['found', 'found', 'found']);
});

it('runs the next search after one that failed', async () => {
  const { inTurn } = scene();
  const searches = Array.from({ length: 5 }, () => inTurn(() => Promise.reject(new Error('broken'))));
  const results = await Promise.allSettled(searches);
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(await inTurn(() => Promise.resolve('found'))).toBe('found');
});
