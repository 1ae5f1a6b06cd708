/** Members who leave a group in one call to Mode's own SCIM are counted one by one, also when the limit is in the middle of them. */
import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { MINUTE, openCompany, upTo, type Company } from './company.ts';

const PEOPLE = 20;
/** Of the breaker. */
const COUNT = 5;

async function withTeam(more: Parameters<typeof openCompany>[0] = {}) {
  const company = await openCompany({ people: PEOPLE, ownScim: true, ...more });
  const members = company.ids.map((value) => ({ value }));
  const { body } = await company.scim('POST', '/Groups', { displayName: 'Team', members });
  await company.world.pass(2 * MINUTE);
  expect(company.members('Team')).toHaveLength(PEOPLE);
  const team = String(body['id']);
  return {
    company,
    empty: () => company.scim('PUT', `/Groups/${team}`, { displayName: 'Team', members: [] }),
    /** The IdP takes out these people. */
    take: (indexes: readonly number[]) =>
      company.scim('PATCH', `/Groups/${team}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: indexes.map((index) => ({
          op: 'remove',
          path: `members[value eq "${company.ids[index] ?? ''}"]`,
        })),
      }),
  };
}

/** Calls that change groups through Mode's own SCIM, and calls that take out one member. */
function callsOf({ world }: Company) {
  const routes = Object.entries(world.sandbox.control.counts().by_route);
  const sum = (pattern: RegExp) =>
    routes.reduce((all, [route, count]) => all + (pattern.test(route) ? count : 0), 0);
  return { together: sum(/^PATCH .*scim.*Groups/), alone: sum(/^DELETE .*groups.*memberships/) };
}

describe.each(engines)('on %s', (engine) => {
  it('of twenty members removed at once, five are removed in one call, and the others are held until they are approved', async () => {
    const { company, empty } = await withTeam({ engine });
    const before = callsOf(company);
    await empty();
    await company.world.pass(5 * MINUTE);
    expect(company.members('Team')).toHaveLength(PEOPLE - COUNT);
    expect(await company.holds()).toHaveLength(PEOPLE - COUNT);
    expect(callsOf(company)).toEqual({ together: before.together + 1, alone: before.alone });
    await company.admin('POST', '/holds/approve', { all: true });
    await company.world.pass(5 * MINUTE);
    expect(company.members('Team')).toEqual([]);
    expect(await company.holds()).toEqual([]);
    expect(callsOf(company)).toEqual({ together: before.together + 2, alone: before.alone });
  });

  it('the limit is in the middle of a call: those who left before count', async () => {
    const { company, take } = await withTeam({ engine });
    await take([0, 1, 2]);
    await company.world.pass(5 * MINUTE);
    expect(company.members('Team')).toHaveLength(PEOPLE - 3);
    await take(upTo(13).slice(3));
    await company.world.pass(5 * MINUTE);
    expect(company.members('Team')).toHaveLength(PEOPLE - COUNT);
    const holds = await company.holds();
    expect(holds).toHaveLength(13 - COUNT);
    expect(new Set(holds.map(({ operation }) => operation))).toEqual(new Set(['remove_group_member']));
  });
});

it('a bridge that is killed around the call sends no more than the limit afterwards', async () => {
  for (const carriedOut of [true, false])
    for (let calls = 12; calls <= 48; calls += 12) {
      const { company, empty } = await withTeam();
      await empty();
      company.world.bridges[0]?.life.killAfter(calls, carriedOut);
      await company.world.pass(20_000);
      await company.world.kill(0);
      await company.world.revive();
      await company.world.pass(15 * MINUTE);
      const about = `killed after ${calls} calls, carried out: ${carriedOut}`;
      expect(company.members('Team'), about).toHaveLength(PEOPLE - COUNT);
      expect(await company.holds(), about).toHaveLength(PEOPLE - COUNT);
    }
}, 120_000);
