/** How long a removal counts: time worked for the workspace, which no restart, other bridge or clock makes pass. */
import { expect, it } from 'vitest';
import { MINUTE, openCompany, upTo, type Company } from './company.ts';

const PEOPLE = 12;
const HELD = 4;
const LEFT = PEOPLE - 5;

async function tripped(more: Parameters<typeof openCompany>[0] = {}): Promise<Company> {
  const company = await openCompany({ people: PEOPLE, ...more });
  await company.leave(upTo(5 + HELD));
  await company.world.pass(5 * MINUTE);
  expect(await company.holds()).toHaveLength(HELD);
  return company;
}

const HOUR = 60 * MINUTE;
const inTurn: readonly (readonly [string, (company: Company) => Promise<void>])[] = [
  ['a restart', ({ world }) => world.restart(0)],
  [
    'a crash',
    async ({ world }) => {
      await world.kill(0);
      await world.revive();
    },
  ],
  [
    'a machine that slept for two hours',
    ({ world }) => {
      world.clock.leap(2 * HOUR);
      return Promise.resolve();
    },
  ],
  [
    'a night in which no bridge ran',
    async ({ world }) => {
      await world.kill(0);
      world.clock.leap(12 * HOUR);
      await world.revive();
    },
  ],
  [
    'a wall clock that jumps forward',
    ({ world }) => {
      world.clock.jump(5 * HOUR);
      return Promise.resolve();
    },
  ],
  [
    'a wall clock that jumps back',
    ({ world }) => {
      world.clock.jump(-5 * HOUR);
      return Promise.resolve();
    },
  ],
];

it.each(inTurn)('is not shortened by %s', async (_what, happen) => {
  const company = await tripped();
  await happen(company);
  await company.world.pass(20 * MINUTE);
  expect(company.active()).toHaveLength(LEFT);
  expect(await company.holds()).toHaveLength(HELD);
});

it('is one for two bridges, whichever of them works', async () => {
  const company = await tripped({ engine: 'postgres', bridges: 2 });
  await company.world.kill(0);
  await company.world.pass(10 * MINUTE);
  await company.world.revive();
  await company.world.kill(1);
  await company.world.pass(10 * MINUTE);
  expect(company.active()).toHaveLength(LEFT);
  expect(await company.holds()).toHaveLength(HELD);
});

it('moves on, and held removals are sent when there is room again', async () => {
  const company = await tripped();
  await company.world.pass(130 * MINUTE);
  expect(company.active()).toHaveLength(LEFT - HELD);
  expect(await company.holds()).toEqual([]);
});
