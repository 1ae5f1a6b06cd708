/** Puts an operation into the words of a plan: who, from what to what, and why. Pure. */
import type { Subject } from '../../directory/subject.ts';
import type { Decision } from '../gate/assign.ts';
import { removalOf } from '../gate/removal.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { PROFILE_ATTRIBUTES } from '../model/profile.ts';
import { nameOf } from '../plan/name-of.ts';
import type { TaskAction } from '../plan/task.ts';
import { reason, type Reason } from '../reason/reason.ts';
import type { PlannedStep, StepAfter, StepKind } from './planned-step.ts';

/** What a task is about. */
const STEP_OF_TASK = {
  invite: 'invite',
  reinstate: 'invite',
  remove_member: 'remove',
  make_admin: 'set_role',
  unmake_admin: 'set_role',
  update_profile: 'update_profile',
  create_group: 'create_group',
  rename_group: 'rename_group',
  delete_group: 'delete_group',
  set_group_members: 'add_member',
} as const satisfies Readonly<Record<TaskAction, StepKind>>;

export interface StepWords {
  readonly subject: Subject;
  readonly after: StepAfter;
  /** The group of the subject; null for a user. */
  readonly group: string | null;
  /** How people know an account. */
  readonly accountName: (accountId: string) => string;
}

type Described = Pick<PlannedStep, 'kind' | 'name'> &
  Partial<Pick<PlannedStep, 'group' | 'from' | 'to'>> & { readonly why: Reason };

export function describeStep(operation: Operation, words: StepWords): PlannedStep {
  const { why, ...described } = describe(operation, words);
  const { subject, after } = words;
  const removal = removalOf(operation);
  const { kind, name, group = null, from = null, to = null } = described;
  const step = { kind, step: null, subject, name, group, from, to, after, why: [why] };
  return removal === null ? step : { ...step, removal };
}

/** A step that the gate stops, because of a rule or because somebody has rejected it. */
export function heldStep({ kind: step, ...rest }: PlannedStep, why: Reason): PlannedStep {
  const kind = why.code === 'removal_rejected' ? 'rejected' : 'held';
  return { ...rest, kind, step, why: [why] };
}

/** What a person has to do instead of the bridge. */
export function taskSteps(
  { tasks }: Pick<Decision, 'tasks'>,
  subject: Subject,
  name: string,
  after: StepAfter,
): readonly PlannedStep[] {
  return tasks.map(({ action, what, why }) => ({
    ...blockedStep(subject, name, [...what, reason('step_refused', { answer: why })], after),
    kind: 'task',
    step: STEP_OF_TASK[action],
  }));
}

/** Why nothing more can be done: the reasons of the first task come first, and are part of that task. */
export function blockedBeyondTasks({
  tasks: [first],
  blocked,
}: Pick<Decision, 'tasks' | 'blocked'>): readonly Reason[] {
  return first === undefined ? blocked : blocked.slice(first.what.length + 1);
}

export function blockedStep(
  subject: Subject,
  name: string,
  why: readonly Reason[],
  after: StepAfter = null,
): PlannedStep {
  return { kind: 'blocked', step: null, subject, name, group: null, from: null, to: null, after, why };
}

export function adoptedStep(subject: Subject, member: ObservedMember, after: StepAfter): PlannedStep {
  const account = nameOf(member);
  const why = [reason('plan_adopt_account', { account })];
  return {
    ...{ kind: 'adopt', step: null, subject, name: account, group: null },
    ...{ from: null, to: roleOf(member), after, why },
  };
}

function describe(operation: Operation, { group, accountName }: StepWords): Described {
  switch (operation.type) {
    case 'invite': {
      const { email, former } = operation;
      return { kind: 'invite', name: email, why: whyInvited(email, former) };
    }
    case 'remove_member': {
      const { member } = operation;
      return { kind: 'remove', name: nameOf(member), from: roleOf(member), why: reason('plan_remove') };
    }
    case 'set_admin': {
      const { member, admin } = operation;
      const to = admin ? 'admin' : 'member';
      const why = reason(admin ? 'plan_make_admin' : 'plan_unmake_admin');
      return { kind: 'set_role', name: nameOf(member), from: roleOf(member), to, why };
    }
    case 'update_profile': {
      const { member, change } = operation;
      const changed = PROFILE_ATTRIBUTES.filter((attribute) => change[attribute] !== undefined);
      const from = changed.flatMap((attribute) => member[attribute] ?? []).join(', ');
      const to = changed.flatMap((attribute) => change[attribute] ?? []).join(', ');
      return { kind: 'update_profile', name: nameOf(member), from, to, why: reason('plan_update_profile') };
    }
    case 'create_group':
      return { kind: 'create_group', name: operation.name, why: reason('plan_create_group') };
    case 'adopt_group':
      return { kind: 'adopt', name: operation.name, why: reason('plan_adopt_group') };
    case 'rename_group': {
      const { from, name } = operation;
      return { kind: 'rename_group', name, from, to: name, why: reason('plan_rename_group') };
    }
    case 'delete_group':
      return { kind: 'delete_group', name: operation.name, why: reason('plan_delete_group') };
    case 'add_group_member':
      return { kind: 'add_member', ...inGroup(operation.accountId), why: reason('plan_add_member') };
    case 'remove_group_member':
      return { kind: 'remove_member', ...inGroup(operation.accountId), why: reason('plan_remove_member') };
  }

  function inGroup(accountId: string): Pick<PlannedStep, 'name' | 'group'> {
    return { name: accountName(accountId), group };
  }
}

function whyInvited(email: string, former: ObservedMember | null): Reason {
  if (former === null) return reason('plan_invite', { email });
  if (former.state === 'invited') return reason('plan_reinvite', { email });
  return reason('plan_reinstate', { account: nameOf(former) });
}

function roleOf({ state, admin }: ObservedMember): string {
  if (state !== 'active') return state;
  return admin ? 'admin' : 'member';
}
