/**
 * The steps of a plan, sorted and packed. The plan of a hundred thousand people has hundreds of thousands of steps, and only a
 * few of them are objects at any moment. Pure. Each reading merges the sorted runs.
 */
import { compareSteps } from './plan-id.ts';
import type { PlannedStep } from './planned-step.ts';

/** Steps that are objects until they are sorted and packed. */
const STEPS_IN_A_RUN = 20_000;
/** Steps that are packed, and unpacked again, together. */
const STEPS_IN_A_PACK = 200;

/** Can be read as often as needed. */
export interface Steps extends Iterable<PlannedStep> {
  readonly length: number;
}

export interface StepPile {
  add(steps: Iterable<PlannedStep>): void;
  /** All that were added, in the order of a plan. Nothing is added afterwards. */
  sorted(): Steps;
}

/** Packs, as bytes outside the heap, where the garbage collector would visit them again and again. */
type Run = readonly Buffer[];

export function createStepPile(): StepPile {
  const runs: Run[] = [];
  let loose: PlannedStep[] = [];
  let length = 0;

  function packLoose(): void {
    if (loose.length > 0) runs.push(packed(loose.sort(compareSteps)));
    loose = [];
  }

  return {
    add: (steps) => {
      for (const step of steps) {
        loose.push(step);
        length += 1;
        if (loose.length === STEPS_IN_A_RUN) packLoose();
      }
    },
    sorted: () => {
      packLoose();
      return { length, [Symbol.iterator]: () => merged(runs.map(unpacked)) };
    },
  };
}

const FIELDS = [
  'kind',
  'step',
  'subject',
  'name',
  'group',
  'from',
  'to',
  'after',
  'why',
  'removal',
] as const satisfies readonly (keyof PlannedStep)[];

function packed(steps: readonly PlannedStep[]): Run {
  const packs: Buffer[] = [];
  for (let from = 0; from < steps.length; from += STEPS_IN_A_PACK)
    packs.push(Buffer.from(textOf(steps.slice(from, from + STEPS_IN_A_PACK))));
  return packs;
}

/** A line for each step, with JSON between tabs; nothing where a step has the same as the one before. */
function textOf(steps: readonly PlannedStep[]): string {
  const before: string[] = [];
  const lines = steps.map((step) => {
    const cells = FIELDS.map((field, place) => {
      const text = JSON.stringify(step[field] ?? null);
      if (text === before[place]) return '';
      before[place] = text;
      return text;
    });
    return cells.join('\t');
  });
  return lines.join('\n');
}

function* unpacked(run: Run): Generator<PlannedStep, undefined> {
  for (const pack of run) {
    const values: unknown[] = [];
    for (const line of pack.toString().split('\n')) {
      for (const [place, text] of line.split('\t').entries())
        if (text !== '') values[place] = JSON.parse(text) as unknown;
      const { removal, ...step } = Object.fromEntries(FIELDS.map((field, place) => [field, values[place]]));
      // Only `packed` writes packs.
      yield (removal === null ? step : { ...step, removal }) as unknown as PlannedStep;
    }
  }
  return undefined;
}

/** @param runs each in order */
function* merged(runs: readonly Iterator<PlannedStep, undefined>[]): Generator<PlannedStep, undefined> {
  const heads = runs.flatMap((run) => headOf(run) ?? []).sort((a, b) => compareSteps(a.step, b.step));
  for (let first = heads[0]; first !== undefined; first = heads[0]) {
    yield first.step;
    const next = headOf(first.run);
    heads.shift();
    if (next === undefined) continue;
    // Most often the next step is of the same run.
    const found = heads.findIndex(({ step }) => compareSteps(step, next.step) >= 0);
    heads.splice(found === -1 ? heads.length : found, 0, next);
  }
  return undefined;
}

function headOf(run: Iterator<PlannedStep, undefined>) {
  const { value: step } = run.next();
  return step === undefined ? undefined : { step, run };
}
