/** What a change of a group's members changes in the journal of withdrawals. Pure. */
import type { DirectoryWrite } from '../directory-store.ts';
import type { Group } from '../group/group.ts';
import type { WithdrawalStep } from './withdrawal-step.ts';

interface MembersNamed {
  readonly add: readonly string[];
  /** Members who are taken out. */
  readonly remove: readonly string[];
  /** Users whom the request takes out and who are not members. */
  readonly absent: readonly string[];
}

/**
 * @param write what the request changes otherwise; undefined: nothing
 * @returns the write with its steps of the journal
 */
export function withMemberWithdrawals(
  write: DirectoryWrite | undefined,
  { id, workspace, ownerId }: Pick<Group, 'id' | 'workspace' | 'ownerId'>,
  { add, remove, absent }: MembersNamed,
  { connectionId, at }: { readonly connectionId: string; readonly at: number },
): DirectoryWrite | undefined {
  const about = { what: 'group', groupId: id } as const;
  // What Mode had before the connection owned the group was not the IdP's to take away.
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
