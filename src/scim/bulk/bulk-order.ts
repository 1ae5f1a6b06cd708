/**
 * Decides in which order the operations of a bulk request run: the order of the request, except that an operation that
 * refers to a later one waits for it and runs right after it. The work is linear in the size of the request.
 */
import { referencesOf } from './bulk-references.ts';
import type { BrokenOperation, BulkOperation } from './parse-bulk.ts';

export interface BulkStep {
  /** The index of the operation in the request. */
  readonly index: number;
  /**
   * `reduced`: run without the references that have no id yet, because operations wait for each other in a cycle.
   * `complete`: add the missing references to an operation that ran reduced.
   */
  readonly how: 'whole' | 'reduced' | 'complete';
}

export interface BulkOrder {
  /** The step to run now; undefined when nothing is left. */
  next(): BulkStep | undefined;
  /** Must be called once for each step, after it has run. */
  done(step: BulkStep, succeeded: boolean): void;
  /** The bulkIds of resources that are not created yet. */
  uncreated(): ReadonlySet<string>;
  /** The steps that complete resources created without all their references. */
  unfinished(): readonly BulkStep[];
}

/** A step, and the number of resources that it refers to and that are still missing. */
interface Waiting {
  readonly step: BulkStep;
  missing: number;
}

export function bulkOrder(operations: readonly (BulkOperation | BrokenOperation)[]): BulkOrder {
  const created = operations.map((operation) =>
    'error' in operation || operation.method !== 'POST' ? undefined : operation.bulkId,
  );
  const uncreated = new Set(created.filter((name) => name !== undefined));
  const references = operations.map((operation) =>
    'error' in operation ? [] : [...referencesOf(operation)].filter((name) => uncreated.has(name)),
  );
  /** Steps that wait until a resource exists, and steps that wait until it has all its references. */
  const untilCreated = new Map<string, Waiting[]>();
  const untilFinished = new Map<string, Waiting[]>();
  const first = references.map((names, index): Waiting => {
    return { step: { index, how: 'whole' }, missing: names.length };
  });
  const unfinished = new Map<number, BulkStep>();
  const settled = new Set<number>();
  const ready: BulkStep[] = [];
  let [nextReady, nextInOrder, nextInCycle] = [0, 0, 0];

  for (const waiting of first) {
    const { index } = waiting.step;
    const until = created[index] === undefined ? untilFinished : untilCreated;
    for (const name of references[index] ?? []) wait(until, name, waiting);
  }

  function wait(until: Map<string, Waiting[]>, name: string, waiting: Waiting): void {
    const others = until.get(name);
    if (others === undefined) until.set(name, [waiting]);
    else others.push(waiting);
  }

  function release(name: string, ...lists: readonly Map<string, Waiting[]>[]): void {
    const released: BulkStep[] = [];
    for (const waiting of lists.flatMap((until) => until.get(name) ?? [])) {
      const { step } = waiting;
      waiting.missing -= 1;
      // A step further down in the request runs when its turn comes.
      if (waiting.missing === 0 && (step.how === 'complete' || step.index < nextInOrder)) released.push(step);
    }
    for (const until of lists) until.delete(name);
    ready.push(...released.sort((a, b) => a.index - b.index));
  }

  return {
    uncreated: () => uncreated,
    unfinished: () => [...unfinished.values()],

    next: () => {
      for (let step = ready[nextReady]; step !== undefined; step = ready[nextReady]) {
        nextReady += 1;
        if (step.how === 'complete' || !settled.has(step.index)) return step;
      }
      while (nextInOrder < operations.length) {
        const index = nextInOrder;
        nextInOrder += 1;
        if (first[index]?.missing === 0) return { index, how: 'whole' };
      }
      while (nextInCycle < operations.length) {
        const index = nextInCycle;
        nextInCycle += 1;
        if (created[index] !== undefined && !settled.has(index)) return { index, how: 'reduced' };
      }
      return undefined;
    },

    done: ({ index, how }, succeeded) => {
      settled.add(index);
      const name = created[index];
      if (name === undefined) return;
      if (how === 'complete') {
        unfinished.delete(index);
        release(name, untilFinished);
        return;
      }
      uncreated.delete(name);
      if (how === 'whole' || !succeeded) {
        release(name, untilCreated, untilFinished);
        return;
      }
      release(name, untilCreated);
      const step: BulkStep = { index, how: 'complete' };
      unfinished.set(index, step);
      const missing = (references[index] ?? []).filter((other) => uncreated.has(other));
      const waiting = { step, missing: missing.length };
      for (const other of missing) wait(untilCreated, other, waiting);
      if (missing.length === 0) ready.push(step);
    },
  };
}
