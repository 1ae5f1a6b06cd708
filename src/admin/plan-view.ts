/** The plan of a connection as operators see it. */
import { Type, type Static } from 'typebox';
import { CONNECTION_STATES } from '../directory/access/connection.ts';
import type { PlanReport } from '../operators/make-plan.ts';
import type { PlanDifference } from '../provisioning/dry-run/plan-id.ts';
import { STEP_KINDS, type PlannedStep } from '../provisioning/dry-run/planned-step.ts';
import { ofTarget, sentences } from '../provisioning/reason/reason.ts';
import { At, Count, instant, Text } from './instant.ts';

export type OperationKind = (typeof STEP_KINDS)[number];

const PlannedOperation = Type.Object({
  kind: Type.Enum(STEP_KINDS, {
    description:
      'task: a person has to do it; held: the gate stops it; rejected: somebody has rejected it with "holds reject", and it stays so; blocked: nothing is done until somebody changes something',
  }),
  step: Type.Union([Type.Enum(STEP_KINDS), Type.Null()], {
    description: 'What a task, or what is held or rejected, would do',
  }),
  subject: Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
  name: Type.String({ description: 'The person or the group' }),
  group: Type.Union([Type.String(), Type.Null()], { description: 'The group that a person joins or leaves' }),
  from: Text,
  to: Text,
  after: Type.Union([Type.Enum(['invite accepted', 'other steps']), Type.Null()], {
    description: 'What has to happen first; null: nothing',
  }),
  why: Type.String(),
});

export const PlanView = Type.Object({
  id: Type.String({
    description:
      'The plan id, which going live takes as `plan_id`; plans with the same operations have the same id',
  }),
  connection: Type.String(),
  state: Type.Enum(CONNECTION_STATES),
  made_at: At,
  read_at: Type.String({
    format: 'date-time',
    description:
      'When Mode was read; the plan is based on that read. Members and groups are read separately: the older of both reads',
  }),
  counts: Type.Object(
    Object.fromEntries(STEP_KINDS.map((kind) => [kind, Count])) as Record<OperationKind, typeof Count>,
  ),
  operations: Type.Array(PlannedOperation),
  calls: Type.Integer({ minimum: 0, description: 'Calls to Mode that the operations need' }),
  seconds: Type.Integer({ minimum: 0, description: 'How long they take at the configured rate' }),
  unmatched: Type.Array(Type.String(), {
    description: 'Active members of Mode that no IdP has pushed: the bridge does not change them',
  }),
  unread_groups: Type.Array(Type.String(), {
    description:
      'Groups of which Mode must be read again before the operations about their members are certain',
  }),
});

export type PlanView = Static<typeof PlanView>;
export type PlannedOperation = Static<typeof PlannedOperation>;

/** A plan whose operations are read one by one. */
export interface PlanInPieces extends Omit<PlanView, 'operations'> {
  readonly operations: Iterable<PlannedOperation>;
}

/** @returns operations that are made each time they are read */
export function viewPlan(plan: PlanReport): PlanInPieces {
  const { id, connection, madeAt, readAt, counts, steps, calls, seconds, unmatched, unreadGroups } = plan;
  return {
    id,
    connection: connection.name,
    state: connection.state,
    made_at: instant(madeAt),
    read_at: instant(readAt),
    counts: { ...counts },
    operations: viewsOf(steps),
    calls,
    seconds,
    unmatched: [...unmatched],
    unread_groups: [...unreadGroups],
  };
}

/** Only the fields that the OpenAPI description has. */
export function documented(plan: PlanInPieces): PlanInPieces {
  const named = ({ kind, step, subject, name, group, from, to, after, why }: PlannedOperation) => {
    return { kind, step, subject, name, group, from, to, after, why };
  };
  return { ...plan, operations: { [Symbol.iterator]: () => Iterator.from(plan.operations).map(named) } };
}

function viewsOf(steps: Iterable<PlannedStep>): Iterable<PlannedOperation> {
  return { [Symbol.iterator]: () => Iterator.from(steps).map(viewStep) };
}

export function viewStep({ why, subject, ...step }: PlannedStep): PlannedOperation {
  return { ...step, subject: { ...subject }, why: sentences(ofTarget(why, 'Mode')) ?? '' };
}

/** The operations that only the other plan has, and those that only this plan has. */
export function viewDifference({ added, removed }: PlanDifference): {
  readonly added: readonly PlannedOperation[];
  readonly removed: readonly PlannedOperation[];
} {
  return { added: added.map(viewStep), removed: removed.map(viewStep) };
}
