/** Updates the journal of withdrawals for a change of a group's members. Pure. */
import type { DirectoryWrite } from '../directory-store.ts';
import type { Group } from '../group/group.ts';
import type { WithdrawalStep } from './withdrawal-step.ts';

interface MembersNamed {
  readonly add: readonly string[];
  /** Members to remove. */
  readonly remove: readonly string[];
  /** Users in the request's removals who are not members. */
  readonly absent: readonly string[];
}

/**
 * @param write the other changes of the request; undefined when there are none @returns the write with the steps of the
 * journal
 */
export function withMemberWithdrawals(
  write: DirectoryWrite | undefined,
  { id, workspace, ownerId }: Pick<Group, 'id' | 'workspace' | 'ownerId'>,
  { add, remove, absent }: MembersNamed,
  { connectionId, at }: { readonly connectionId: string; readonly at: number },
): DirectoryWrite | undefined {
  const about = { what: 'group', groupId: id } as const;
  // Members from before the connection owned the group were not given by its IdP.
  const taken = ownerId === connectionId ? remove : [];
  const steps: WithdrawalStep[] = [];
  if (taken.length > 0)
    steps.push({ step: 'add_withdrawals', ...about, userIds: taken, connectionId, roles: null });
  if (absent.length > 0) steps.push({ step: 'repeat_withdrawals', ...about, userIds: absent });
  if (add.length > 0) steps.push({ step: 'remove_withdrawals', ...about, userIds: add });
  if (steps.length === 0) return write;
  if (write !== undefined) return { ...write, steps: [...write.steps, ...steps] };
  return { workspace, at, steps, changes: [], subjects: [] };
}
