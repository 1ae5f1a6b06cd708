/** What can happen in a story. Every step means something in any order: what makes no sense then does nothing. */
import fc from 'fast-check';
import { DIALECTS, type Dialect } from './idp.ts';

const WEIGHTS = {
  // The IdP.
  push: 6,
  leave: 4,
  'leave with emptied groups': 3,
  'come back': 3,
  delete: 1,
  'join and leave one after the other': 1,
  'change userName': 1,
  'change address': 3,
  'swap addresses': 1,
  'swap addresses and back': 1,
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
  'rename by hand': 1,
  // Operators.
  'drop and set a link': 1,
  'hold the connection': 1,
  'only report drift': 1,
  'decide holds': 1,
  // The IdP and operators.
  'everybody leaves': 1,
  'a protected person leaves': 1,
  'a mistake and its undo': 2,
  // Mode and the machine.
  'Mode fails': 2,
  'the webhook fails': 1,
  restart: 1,
  kill: 2,
  'pause a bridge': 1,
  'the clock jumps': 1,
  'the clock is set': 1,
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

const MIN_STEPS = 6;
const MAX_STEPS = 35;
/** They are p0 to p5; the last two are in Mode already. */
const PEOPLE = 6;

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
  const rest = fc.array(step, { minLength: MIN_STEPS, maxLength: MAX_STEPS, size: 'max' });
  return fc.tuple(fc.constantFrom(...DIALECTS), fc.nat(PEOPLE), rest).map(([dialect, hired, more]) => {
    return [...beginning(dialect, hired), ...more];
  });
}

/** A company that has begun: without it most stories would be about nobody. */
function beginning(dialect: Dialect, hired: number): Step[] {
  const step = { who: 0, other: 0, group: 0, pass: 1, dialect };
  const pushes = Array.from({ length: hired }, (_none, who): Step => ({ ...step, what: 'push', who }));
  const group: Step = { ...step, what: 'push group', other: 1 };
  return hired === 0 ? [] : [...pushes, group, { ...step, what: 'accept all', pass: 120 }];
}
