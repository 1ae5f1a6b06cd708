/** The plan of an undo and its result, as JSON. */
import { Type, type Static } from 'typebox';
import type { UndoPlan } from '../operators/undo/make-undo-plan.ts';
import {
  NOT_UNDONE,
  whyNotUndone,
  type NotUndone,
  type NotUndoneCode,
} from '../operators/undo/not-undone.ts';
import { RESTORED_KINDS, type Restored } from '../operators/undo/restored.ts';
import type { UndoDifference, UndoOutcome } from '../operators/undo/undos.ts';
import { At, instant } from './instant.ts';
import { PlanView, viewDifference, viewStep, type PlannedOperation } from './plan-view.ts';

const { connection, state, made_at, read_at, counts, operations, calls, seconds } = PlanView.properties;
const Value = Type.Union([Type.String(), Type.Boolean(), Type.Null()]);
const Group = Type.Union([Type.String(), Type.Null()], { description: 'The group, of a membership' });

const RestoredView = Type.Object({
  what: Type.Enum([...RESTORED_KINDS]),
  subject: Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
  name: Type.String({ description: 'The person or the group' }),
  group: Group,
  from: Value,
  to: Value,
});

const NotUndoneView = Type.Object({
  code: Type.Enum(Object.keys(NOT_UNDONE) as NotUndoneCode[]),
  text: Type.String(),
  what: Type.String({ description: 'The changed value of the person or group' }),
  subject: Type.Union([RestoredView.properties.subject, Type.Null()]),
  name: Type.String(),
  group: Group,
});

export const UndoPlanView = Type.Object({
  id: Type.String({ description: 'The same for the same window, values and operations' }),
  connection,
  state,
  from: At,
  to: At,
  made_at,
  read_at,
  restored: Type.Array(RestoredView, {
    description: 'What the directory says after the undo; Mode is then made the same',
  }),
  counts,
  operations: Type.Array(operations.items, { description: 'Operations in Mode because of the undo' }),
  calls,
  seconds,
  no_longer: Type.Array(operations.items, {
    description: 'Operations that would be done without the undo, and are not done after it',
  }),
  not_undone: Type.Array(NotUndoneView, { description: 'What stays, or does not come back as it was' }),
});

export const UndoneView = Type.Object({
  plan_id: Type.String(),
  restored: Type.Integer({ minimum: 0, description: 'Values of the directory that were set back' }),
  calls,
  seconds,
  left: Type.Array(RestoredView, { description: 'The IdP wrote these meanwhile: they stay as they are' }),
});

export type UndoPlanView = Static<typeof UndoPlanView>;
export type UndoneView = Static<typeof UndoneView>;
export type RestoredView = Static<typeof RestoredView>;
export type NotUndoneView = Static<typeof NotUndoneView>;

export function viewUndoPlan(plan: UndoPlan): UndoPlanView {
  return {
    id: plan.id,
    connection: plan.connection.name,
    state: plan.connection.state,
    from: instant(plan.span.from),
    to: instant(plan.span.to),
    made_at: instant(plan.madeAt),
    read_at: instant(plan.readAt),
    restored: plan.restored.map(viewRestored),
    counts: { ...plan.counts },
    operations: plan.steps.map(viewStep),
    calls: plan.calls,
    seconds: plan.seconds,
    no_longer: plan.noLonger.map(viewStep),
    not_undone: plan.notUndone.map((each) => viewNotUndone(each, plan.target)),
  };
}

export function viewUndone({ plan, left }: UndoOutcome & { readonly kind: 'undone' }): UndoneView {
  const { id, restored, calls, seconds } = plan;
  return {
    plan_id: id,
    restored: restored.length - left.length,
    calls,
    seconds,
    left: left.map(viewRestored),
  };
}

/** The operations that only the other plan has, and those that only this plan has. */
export function viewUndoDifference(difference: UndoDifference): {
  readonly added: readonly PlannedOperation[];
  readonly removed: readonly PlannedOperation[];
  readonly restored_more: readonly RestoredView[];
  readonly restored_less: readonly RestoredView[];
} {
  return {
    ...viewDifference(difference),
    restored_more: difference.restoredMore.map(viewRestored),
    restored_less: difference.restoredLess.map(viewRestored),
  };
}

function viewRestored({ what, subject, name, group, from, to }: Restored): RestoredView {
  return { what, subject: { ...subject }, name, group, from, to };
}

function viewNotUndone({ code, what, subject, name, group }: NotUndone, target: string): NotUndoneView {
  return { code, text: whyNotUndone(code, target), what, subject: subject && { ...subject }, name, group };
}
