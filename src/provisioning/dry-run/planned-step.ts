/** The words of a plan that is only shown: what going live would do now, step by step, with names instead of ids. */
import type { Subject } from '../../directory/subject.ts';
import type { Removal } from '../gate/removal.ts';
import type { Reason } from '../reason/reason.ts';

/** In the order in which people read them: what takes access away comes first. */
export const STEP_KINDS = [
  'remove',
  'set_role',
  'remove_member',
  'delete_group',
  'rename_group',
  'invite',
  'adopt',
  'create_group',
  'add_member',
  'update_profile',
  /** The target does not do the step: a person gets it as a task. */
  'task',
  /** The gate stops the step. */
  'held',
  /** Somebody has rejected the removal: the access stays until the IdP takes the removal back. */
  'rejected',
  /** Nothing is done until somebody changes something. */
  'blocked',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** What a step waits for; null: it is taken at once. `other steps`: others of the same plan. */
export type StepAfter = 'invite accepted' | 'other steps' | null;

export interface PlannedStep {
  readonly kind: StepKind;
  /** Which step is a task, is held or was rejected; null for every other kind. */
  readonly step: StepKind | null;
  /** Whose job takes the step. */
  readonly subject: Subject;
  /** The person (an e-mail where there is one) or the group. */
  readonly name: string;
  /** The group that a person is added to or removed from; null for other steps. */
  readonly group: string | null;
  /** A role, a name or an address before the step; null where the step has none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly after: StepAfter;
  readonly why: readonly Reason[];
  /** How the breaker counts the step; absent when it takes nothing away. */
  readonly removal?: Removal;
}

export type StepCounts = Readonly<Record<StepKind, number>>;

export function countSteps(steps: Iterable<PlannedStep>): StepCounts {
  const counts = Object.fromEntries(STEP_KINDS.map((kind) => [kind, 0])) as Record<StepKind, number>;
  for (const { kind } of steps) counts[kind] += 1;
  return counts;
}

/** Whether the bridge takes the step itself. */
export function isTaken({ kind }: Pick<PlannedStep, 'kind'>): boolean {
  return kind !== 'task' && kind !== 'held' && kind !== 'rejected' && kind !== 'blocked';
}
