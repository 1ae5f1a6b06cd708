import { expect, it } from 'vitest';
import { createShares } from '../../src/store/provisioning/removal-shares.ts';

const SECOND = 1_000;

/** Asks at these instants of time worked. @returns what was answered, and how often it was counted */
async function asked(sizes: readonly number[], instants: readonly number[]) {
  const shares = createShares();
  let counts = 0;
  const answers: number[] = [];
  for (const at of instants)
    answers.push(
      await shares.of('okta members', at, () => {
        counts += 1;
        return Promise.resolve(sizes[Math.min(counts, sizes.length) - 1] ?? 0);
      }),
    );
  return { answers, counts };
}

it('a large company is counted again after half a minute of work', async () => {
  const instants = [0, SECOND, 29 * SECOND, 30 * SECOND];
  expect(await asked([5_000, 4_000], instants)).toEqual({ answers: [5_000, 5_000, 5_000, 4_000], counts: 2 });
});

it('a small company is counted each time', async () => {
  expect(await asked([12, 11, 10], [0, 0, 0])).toEqual({ answers: [12, 11, 10], counts: 3 });
});
