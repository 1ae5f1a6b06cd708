/**
 * What the bridge has still to do counts for an undo as if it were done: a removal that is held, a task, an invite that waits
 * for a seat, a step of a paused connection. Setting the wish back takes the step away. Pure.
 */
import type { OperationSummary } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { PlannedStep, StepKind } from '../../provisioning/dry-run/planned-step.ts';
import type { ReasonCode } from '../../provisioning/reason/reasons.ts';

export interface PendingOperation {
  readonly subject: Subject;
  readonly data: OperationSummary;
}

/** Nobody has to change anything: the invite is sent when there is room. */
const NO_ROOM: ReadonlySet<ReasonCode> = new Set(['no_seat', 'member_limit']);

/** @returns undefined: nothing is done until somebody changes something */
function stepOf({ kind, step, why }: PlannedStep): StepKind | undefined {
  if (kind !== 'blocked') return step ?? kind;
  return why.some(({ code }) => NO_ROOM.has(code)) ? 'invite' : undefined;
}

/** The account of that name; undefined: the target has none. */
export type TokenOf = (name: string) => string | undefined;

/** @param planned what the bridge has to do; undefined is returned for what changes nothing that an undo could set back */
export function pendingOperation(planned: PlannedStep, tokenOf: TokenOf): PendingOperation | undefined {
  const { subject, name, group } = planned;
  const data = summaryOf(planned);
  if (data === undefined) return undefined;
  // A task names the user as the directory has them, and of a group no person at all.
  const person = isOfAccount(planned) ? name : null;
  const memberToken = person === null ? null : (tokenOf(person) ?? null);
  return { subject, data: { memberToken, groupToken: null, person, group, ...data } };
}

function isOfAccount({ kind, subject, group }: PlannedStep): boolean {
  return kind !== 'task' && (subject.kind === 'user' || group !== null);
}

type Summary = Pick<OperationSummary, 'operation' | 'changed'>;

function summaryOf(planned: PlannedStep): Summary | undefined {
  const { from } = planned;
  const step = stepOf(planned);
  switch (step) {
    case 'remove': {
      const changed = { state: { from: from === 'invited' ? 'invited' : 'active', to: 'former' } };
      if (from !== 'admin') return { operation: 'remove_member', changed };
      return { operation: 'remove_member', changed: { ...changed, admin: { from: true, to: false } } };
    }
    case 'invite':
      return { operation: 'invite', changed: { state: { from: null, to: 'invited' } } };
    case 'set_role': {
      const isAdmin = from === 'admin' || planned.why.some(({ code }) => code === 'task_unmake_admin');
      return { operation: 'set_admin', changed: { admin: { from: isAdmin, to: !isAdmin } } };
    }
    case 'update_profile':
      return { operation: 'update_profile', changed: { email: { from: null, to: null } } };
    case 'create_group':
    case 'rename_group':
    case 'delete_group':
      return { operation: step, changed: {} };
    case 'add_member':
      return { operation: 'add_group_member', changed: {} };
    case 'remove_member':
      return { operation: 'remove_group_member', changed: {} };
    default:
      return undefined;
  }
}
