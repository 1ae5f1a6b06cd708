/** The names of accounts and groups for the change log. Only operations on a group's members need a read. */
import type { Operation } from '../../provisioning/model/operation.ts';
import { NO_NAMES, type OperationNames } from '../../provisioning/observe/operation-change.ts';
import type { WorkContext } from '../work-context.ts';

export async function findNames(
  { workspace, store }: WorkContext,
  operations: readonly Operation[],
): Promise<OperationNames> {
  const [accounts, groups] = [new Set<string>(), new Set<string>()];
  for (const operation of operations) {
    if (operation.type !== 'add_group_member' && operation.type !== 'remove_group_member') continue;
    accounts.add(operation.accountId);
    groups.add(operation.targetGroupId);
  }
  if (groups.size === 0) return NO_NAMES;
  return store.namesOnTarget(workspace, { accounts: [...accounts], groups: [...groups] });
}
