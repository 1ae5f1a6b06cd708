/**
 * The writes of an undo, which set users and groups back to what the IdP had stated. Pure. They are like the IdP's own
 * writes, but their entries in the change log name the undo.
 */
import type { Caused, ChangeDraft } from '../change.ts';
import type { Connection } from '../access/connection.ts';
import type { DirectoryStep, DirectoryWrite } from '../directory-store.ts';
import {
  deleteGroup,
  memberChanges,
  memberSteps,
  updateGroup,
  type MemberDelta,
} from '../group/group-transitions.ts';
import type { Group, GroupDraft } from '../group/group.ts';
import { updateUser } from '../user/user-transitions.ts';
import type { User, UserDraft } from '../user/user.ts';
import type { Withdrawal } from '../withdrawal/withdrawal.ts';
import type { WithdrawalStep } from '../withdrawal/withdrawal-step.ts';

export interface UndoStamp {
  readonly connection: Connection;
  readonly at: number;
  /** The id of the undo's plan. */
  readonly undo: string;
}

/**
 * @param withdrawals all that the connection took from the user: after an undo, a later reactivation gives none of it back
 * @returns undefined when nothing changes
 */
export function undoUser(
  before: User,
  draft: UserDraft,
  withdrawals: readonly Withdrawal[],
  stamp: UndoStamp,
): DirectoryWrite | undefined {
  const { write } = updateUser(before, draft, stamp);
  if (write === undefined) return undefined;
  return caused(
    { ...write, steps: [...write.steps, ...journalSteps(before, draft, withdrawals, stamp)] },
    stamp,
  );
}

/** Changes the name and the members of a group. @returns undefined when nothing changes */
export function undoGroup(
  before: Group,
  draft: GroupDraft,
  delta: MemberDelta,
  stamp: UndoStamp,
): DirectoryWrite | undefined {
  // Only for the version that was read, so that a concurrent write of the IdP wins.
  const write = updateGroup(before, draft, delta, { ...stamp, guarded: true });
  if (write === undefined) return undefined;
  return caused({ ...write, steps: [...write.steps, ...given(before.id, delta.add)] }, stamp);
}

export function undoCreatedGroup(
  before: Group,
  members: readonly string[],
  stamp: UndoStamp,
): DirectoryWrite {
  return caused(deleteGroup(before, members, stamp), stamp);
}

/** Brings a group back under its id. @param before the deleted group */
export function undoDeletedGroup(
  before: Group,
  draft: GroupDraft,
  members: readonly string[],
  stamp: UndoStamp,
): DirectoryWrite {
  const { id, workspace, version } = before;
  const group: Group = { ...before, ...draft, version: version + 1, updatedAt: stamp.at };
  const { displayName, externalId } = group;
  const delta = { add: members, remove: [] };
  return caused(
    {
      workspace,
      at: stamp.at,
      steps: [{ step: 'restore_group', group }, ...memberSteps(id, delta), ...given(id, members)],
      changes: [
        { kind: 'group.created', subject: { kind: 'group', id }, data: { displayName, externalId } },
        ...memberChanges(id, delta),
      ],
      subjects: [{ kind: 'group', id }],
    },
    stamp,
  );
}

/** One write for the writes of several subjects. */
export function asOneWrite(
  workspace: string,
  at: number,
  writes: readonly DirectoryWrite[],
  decision: ChangeDraft,
): DirectoryWrite {
  return {
    workspace,
    at,
    steps: writes.flatMap(({ steps }) => steps),
    changes: [decision, ...writes.flatMap(({ changes }) => changes)],
    subjects: writes.flatMap(({ subjects }) => subjects),
  };
}

function journalSteps(
  before: User,
  draft: UserDraft,
  withdrawals: readonly Withdrawal[],
  { connection }: UndoStamp,
): readonly DirectoryStep[] {
  const { id: userId } = before;
  if (!before.active && draft.active && withdrawals.length > 0) {
    const latest = Math.max(...withdrawals.map(({ at }) => at));
    const count = withdrawals.length;
    return [{ step: 'end_withdrawals', connectionId: connection.id, userId, count, latest }];
  }
  if (before.admin === true || draft.admin !== true) return [];
  return [{ step: 'remove_withdrawals', what: 'role', groupId: null, userIds: [userId] }];
}

function given(groupId: string, userIds: readonly string[]): readonly WithdrawalStep[] {
  return userIds.length === 0 ? [] : [{ step: 'remove_withdrawals', what: 'group', groupId, userIds }];
}

function caused(write: DirectoryWrite, { undo }: UndoStamp): DirectoryWrite {
  const cause = { cause: 'undone', undo } as const satisfies Caused;
  const changes = write.changes.map(
    (change) => ({ ...change, data: { ...change.data, ...cause } }) as ChangeDraft,
  );
  return { ...write, changes };
}
