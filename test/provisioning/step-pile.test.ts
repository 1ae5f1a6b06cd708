/** Steps come out of the pile as they went in, in the order of a plan. */
import { describe, expect, it } from 'vitest';
import { identify, planIdOf } from '../../src/provisioning/dry-run/plan-id.ts';
import { STEP_KINDS, type PlannedStep } from '../../src/provisioning/dry-run/planned-step.ts';
import { createStepPile } from '../../src/provisioning/dry-run/step-pile.ts';

/** More than two runs. */
const MANY = 45_000;

function step(index: number): PlannedStep {
  const number = (index * 7_919) % MANY;
  const kind = STEP_KINDS[number % STEP_KINDS.length] ?? 'blocked';
  const plain: PlannedStep = {
    ...{ kind, step: number % 5 === 0 ? 'invite' : null },
    subject: { kind: number % 2 === 0 ? 'user' : 'group', id: `id-${number}` },
    name: `tab\t, line\n and "quote" ${number % 1_000}`,
    group: number % 3 === 0 ? null : `group ${number % 40}`,
    ...{ from: number % 4 === 0 ? 'member' : null, to: number % 4 === 0 ? '' : null },
    after: number % 6 === 0 ? 'invite accepted' : null,
    why: [{ code: 'plan_invite', params: { email: `${number % 10}@x.test`, count: number } }],
  };
  const removal = { key: `remove ${number}`, scope: 'members' };
  return number % 2 === 0 ? plain : { ...plain, removal };
}

describe('the steps of a plan', () => {
  it('are the same packed as not, however many there are, and can be read twice', () => {
    const all = Array.from({ length: MANY }, (_none, index) => step(index));
    const pile = createStepPile();
    for (let from = 0; from < MANY; from += 7_000) pile.add(all.slice(from, from + 7_000));
    const sorted = pile.sorted();
    const { id, steps } = identify(all);
    expect(sorted).toHaveLength(MANY);
    expect([...sorted]).toEqual(steps);
    expect(planIdOf(sorted)).toBe(id);
  });

  it('may be none', () => {
    expect([...createStepPile().sorted()]).toEqual([]);
  });
});
