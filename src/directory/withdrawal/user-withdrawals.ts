/**
 * Updates the journal of withdrawals for an update of a user, and gives access back at a reactivation. Pure. Access
 * comes back through an ordinary write, with one change for each membership and one for the role.
 */
import type { ChangeDraft } from '../change.ts';
import type { DirectoryStep, DirectoryWrite } from '../directory-store.ts';
import type { Subject } from '../subject.ts';
import { updateUser, type UserStamp } from '../user/user-transitions.ts';
import type { User, UserDraft } from '../user/user.ts';
import { partsOfDeactivation, type StatedRoles, type Withdrawal } from './withdrawal.ts';
import type { WithdrawalStep } from './withdrawal-step.ts';

interface Updated {
  readonly user: User;
  readonly write?: DirectoryWrite | undefined;
}

/** Updates a user who is not reactivated, and records what the IdP takes away. */
export function updateWithJournal(
  before: User,
  draft: UserDraft,
  stamp: UserStamp,
  roles: StatedRoles,
): Updated {
  const { user, write } = updateUser(before, draft, stamp);
  const { connection, at } = stamp;
  const steps = before.ownerId === connection.id ? journalSteps(before, draft, stamp, roles) : [];
  if (steps.length === 0) return { user, write };
  if (write !== undefined) return { user, write: { ...write, steps: [...write.steps, ...steps] } };
  return { user, write: { workspace: before.workspace, at, steps, changes: [], subjects: [] } };
}

/**
 * Reactivates a user, and gives back what the IdP took away around the deactivation and has not changed since. @param
 * withdrawals everything that the connection took from the user
 */
export function reactivateUser(
  before: User,
  draft: UserDraft,
  stamp: UserStamp,
  {
    withdrawals,
    windowMs,
    roles,
  }: {
    readonly withdrawals: readonly Withdrawal[];
    readonly windowMs: number;
    readonly roles: StatedRoles;
  },
): Updated {
  const updated = updateUser(before, draft, stamp);
  const { connection } = stamp;
  if (updated.write === undefined || withdrawals.length === 0) return updated;
  const { id } = before;
  const parts = partsOfDeactivation(withdrawals, windowMs);
  const role = draft.admin === true || isStated(before, draft, stamp, roles) ? null : roleIn(parts);
  const withRole =
    role === null ? undefined : { ...draft, admin: true, document: roles.write(draft.document, role) };
  const { user, write = updated.write } =
    withRole === undefined ? updated : updateUser(before, withRole, stamp);
  const groupIds = parts.flatMap(({ groupId }) => groupId ?? []);
  const ended: WithdrawalStep = {
    step: 'end_withdrawals',
    connectionId: connection.id,
    userId: id,
    count: withdrawals.length,
    latest: Math.max(...withdrawals.map(({ at }) => at)),
  };
  return {
    user,
    write: {
      ...updated.write,
      steps: [
        ...write.steps,
        ...groupIds.flatMap((groupId): DirectoryStep[] => [
          { step: 'touch_group', id: groupId },
          { step: 'add_members', groupId, userIds: [id] },
        ]),
        ended,
      ],
      changes: [
        ...updated.write.changes,
        ...(withRole === undefined ? [] : roleChange(updated.user, withRole, stamp)),
        ...groupIds.map((groupId) => memberChange(groupId, id)),
      ],
      subjects: [
        ...updated.write.subjects,
        ...groupIds.map((groupId): Subject => ({ kind: 'group', id: groupId })),
      ],
    },
  };
}

function journalSteps(
  before: User,
  draft: UserDraft,
  stamp: UserStamp,
  roles: StatedRoles,
): readonly WithdrawalStep[] {
  const userIds = [before.id];
  const about = { groupId: null, userIds };
  const add = { step: 'add_withdrawals', ...about, connectionId: stamp.connection.id } as const;
  const steps: WithdrawalStep[] = [];
  if (before.active && !draft.active) steps.push({ ...add, what: 'access', roles: null });
  if (before.admin === true && draft.admin !== true)
    steps.push({ ...add, what: 'role', roles: roles.read(before.document) ?? null });
  else if (before.admin !== true && draft.admin === true)
    steps.push({ step: 'remove_withdrawals', what: 'role', ...about });
  else if (!before.active && draft.admin !== true && isStated(before, draft, stamp, roles))
    steps.push({ step: 'repeat_withdrawals', what: 'role', ...about });
  return steps;
}

/** Whether the request states the role: every PUT does, and a PATCH does if it changes a role. */
function isStated(before: User, draft: UserDraft, { by }: UserStamp, roles: StatedRoles): boolean {
  return by === 'put' || roles.read(draft.document) !== roles.read(before.document);
}

function roleIn(parts: readonly Withdrawal[]): string | null {
  return parts.find(({ what }) => what === 'role')?.roles ?? null;
}

function roleChange(before: User, draft: UserDraft, stamp: UserStamp): readonly ChangeDraft[] {
  const { write } = updateUser(before, draft, { ...stamp, by: 'patch' });
  return (write?.changes ?? []).map((change) =>
    change.kind === 'user.updated' ? { ...change, data: { ...change.data, cause: 'given_back' } } : change,
  );
}

function memberChange(groupId: string, userId: string): ChangeDraft {
  const subject = { kind: 'group', id: groupId } as const;
  return { kind: 'group.member_added', subject, data: { userId, cause: 'given_back' } };
}
