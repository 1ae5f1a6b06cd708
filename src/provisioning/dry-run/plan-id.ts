/**
 * The order and the identity of a plan. Pure: the same steps have the same id, in whichever order they were found, at any
 * time and in any process.
 */
import { createHash } from 'node:crypto';
import { STEP_KINDS, type PlannedStep } from './planned-step.ts';

/** Hexadecimal digits of the SHA-256 digest: 128 bits. */
const ID_LENGTH = 32;

const RANK = new Map(STEP_KINDS.map((kind, place) => [kind, place]));

/**
 * One text for each step: two steps are the same when their texts are. Reasons count by code and parameters. Whether
 * another step comes first does not count: that changes while the target is read back.
 */
function stepKey({ kind, step, subject, name, group, from, to, after, why }: PlannedStep): string {
  const reasons = why.map(({ code, params }) => [code, Object.entries(params).sort()]);
  const invited = after === 'invite accepted';
  return JSON.stringify([kind, step, subject.kind, subject.id, name, group, from, to, invited, reasons]);
}

/** The order of a plan: by kind, group and name. Two steps that are the same have no order. */
export function compareSteps(a: PlannedStep, b: PlannedStep): number {
  return compare(a, b) || compareText(stepKey(a), stepKey(b));
}

/** @param steps in the order of a plan */
export function planIdOf(steps: Iterable<PlannedStep>): string {
  const digest = createHash('sha256');
  for (const step of steps) digest.update(`${stepKey(step)}\n`);
  return digest.digest('hex').slice(0, ID_LENGTH);
}

/** @returns the steps in the order of a plan, and what identifies them */
export function identify(found: readonly PlannedStep[]): {
  readonly id: string;
  readonly steps: readonly PlannedStep[];
} {
  // The texts of all steps are more than the steps: each is made when it is needed.
  const steps = found.toSorted(compareSteps);
  return { id: planIdOf(steps), steps };
}

/** What one plan has and another has not. */
export interface PlanDifference {
  readonly added: readonly PlannedStep[];
  readonly removed: readonly PlannedStep[];
}

export function comparePlans(before: Iterable<PlannedStep>, after: Iterable<PlannedStep>): PlanDifference {
  return { added: onlyIn(after, before), removed: onlyIn(before, after) };
}

function onlyIn(steps: Iterable<PlannedStep>, others: Iterable<PlannedStep>): readonly PlannedStep[] {
  const known = new Set<string>();
  for (const step of others) known.add(stepKey(step));
  const only: PlannedStep[] = [];
  for (const step of steps) if (!known.has(stepKey(step))) only.push(step);
  return only;
}

function compare(a: PlannedStep, b: PlannedStep): number {
  return (
    (RANK.get(a.kind) ?? 0) - (RANK.get(b.kind) ?? 0) ||
    compareText(a.group ?? '', b.group ?? '') ||
    compareText(a.name, b.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
