/** What can happen in a story. Every step means something in any order: what makes no sense then does nothing. */
import fc from 'fast-check';
import { DIALECTS, type Dialect } from './idp.ts';

const WEIGHTS = {
  // The IdP.
  push: 6,
  leave: 4,
  'come back': 3,
  delete: 1,
  'change userName': 1,
  'change address': 3,
  'swap addresses': 1,
  'leave with the address of another': 2,
  'role on': 2,
  'role off': 1,
  'push group': 3,
  'rename group': 1,
  'delete group': 1,
  'add member': 4,
  'remove member': 2,
  'replace members': 1,
  'empty group': 1,
  // People in Mode.
  accept: 4,
  'accept all': 4,
  'accept by an old link': 1,
  promote: 1,
  demote: 1,
  'remove by hand': 1,
  'regroup by hand': 1,
  'rename group by hand': 1,
  'change address by hand': 1,
  // Operators.
  'drop and set a link': 1,
  // Mode and the machine.
  'Mode fails': 2,
  restart: 1,
  kill: 2,
  'pause a bridge': 1,
  'the clock jumps': 1,
  'time passes': 3,
} as const;

export type StepName = keyof typeof WEIGHTS;

export interface Step {
  readonly what: StepName;
  readonly who: number;
  readonly other: number;
  readonly group: number;
  /** How long it takes until the next step. Seconds. */
  readonly pass: number;
  readonly dialect: Dialect;
}

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3_600;
const PASSES = [0, SECOND, 20 * SECOND, 2 * MINUTE, 15 * MINUTE, 2 * HOUR, 26 * HOUR];

export function steps(without: ReadonlySet<StepName> = new Set()): fc.Arbitrary<Step[]> {
  const names = (Object.entries(WEIGHTS) as [StepName, number][])
    .filter(([name]) => !without.has(name))
    .map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }));
  const step = fc.record({
    what: fc.oneof(...names),
    who: fc.nat(5),
    other: fc.nat(5),
    group: fc.nat(2),
    pass: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PASSES.slice(0, 5)) },
      { weight: 1, arbitrary: fc.constantFrom(...PASSES.slice(5)) },
    ),
    dialect: fc.constantFrom(...DIALECTS),
  });
  return fc.array(step, { minLength: 4, maxLength: 30, size: 'max' });
}
