import { describe, expect, it } from 'vitest';
import { bulkOrder } from '../../src/scim/bulk/bulk-order.ts';
import type { BulkOperation } from '../../src/scim/bulk/parse-bulk.ts';

const post = (bulkId: string, ...refersTo: string[]): BulkOperation => ({
  method: 'POST',
  endpoint: 'Groups',
  id: undefined,
  bulkId,
  data: { members: refersTo.map((name) => ({ value: `bulkId:${name}` })) },
  version: undefined,
});
const patch = (...refersTo: string[]): BulkOperation => {
  return { ...post('', ...refersTo), method: 'PATCH', id: 'g', bulkId: undefined };
};

/** The order of the steps when every operation succeeds. */
function stepsOf(operations: readonly BulkOperation[]): string[] {
  const order = bulkOrder(operations);
  const steps: string[] = [];
  for (let step = order.next(); step !== undefined; step = order.next()) {
    steps.push(step.how === 'whole' ? String(step.index) : `${step.how} ${String(step.index)}`);
    order.done(step, true);
  }
  expect(order.unfinished()).toEqual([]);
  return steps;
}

describe('the order of a bulk request', () => {
  it('is the order of the request when no operation refers to a later one', () => {
    expect(stepsOf([post('a'), post('b', 'a'), patch('b')])).toEqual(['0', '1', '2']);
  });

  it('runs an operation that refers to a later one right after that one', () => {
    expect(stepsOf([patch('b'), post('a', 'b'), post('b'), post('c')])).toEqual(['2', '0', '1', '3']);
  });

  it('creates one resource of a cycle without its references, and completes it as soon as possible', () => {
    expect(stepsOf([post('a', 'b'), post('b', 'c'), post('c', 'a'), patch('a')])).toEqual([
      'reduced 0',
      '2',
      '1',
      'complete 0',
      '3',
    ]);
    expect(stepsOf([post('a', 'a')])).toEqual(['reduced 0', 'complete 0']);
  });

  it('runs every operation once, also when cycles overlap', () => {
    const steps = stepsOf([post('a', 'b', 'd'), post('b', 'a'), post('c', 'a', 'd'), post('d', 'c')]);
    const first = steps.filter((step) => !step.startsWith('complete')).map((step) => step.split(' ').at(-1));
    expect(first.toSorted()).toEqual(['0', '1', '2', '3']);
  });

  it('is computed fast for 20,000 operations that each refer to the next one', () => {
    const count = 20_000;
    const chain = Array.from({ length: count }, (_, index) => post(String(index), String(index + 1)));
    expect(stepsOf(chain)).toHaveLength(count);
  });
});
