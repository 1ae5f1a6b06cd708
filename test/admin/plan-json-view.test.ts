/** A plan as JSON, line by line, is the JSON of the plan. */
import { describe, expect, it } from 'vitest';
import { planJson } from '../../src/admin/plan-json-view.ts';
import type { PlannedOperation, PlanView } from '../../src/admin/plan-view.ts';

const operation: PlannedOperation = {
  ...{ kind: 'invite', step: null, subject: { kind: 'user', id: 'u' }, name: 'a "operations": []\n' },
  ...{ group: null, from: null, to: null, after: null, why: '"operations":[]' },
};

describe('a plan as JSON', () => {
  it.each([
    [0, 0],
    [0, 2],
    [1, 0],
    [1, 2],
    [3, 0],
    [3, 2],
  ])('of %i operations, indented by %i, is what JSON.stringify makes', (count, space) => {
    const plan = {
      ...{
        id: 'p',
        connection: '"operations":[]',
        state: 'shadow' as const,
        counts: {} as PlanView['counts'],
      },
      ...{ made_at: 'now', read_at: 'then', operations: Array.from({ length: count }, () => operation) },
      ...{ calls: 1, seconds: 1, unmatched: [], unread_groups: ['g'] },
    };
    const text = [...planJson(plan, space)].join(space === 0 ? '' : '\n');
    expect(text).toBe(JSON.stringify(plan, undefined, space));
  });
});
