/**
 * Syncs the holds of one subject with its plan: stores what the gate holds now, and deletes holds that the plan no
 * longer has, because the IdP took the change back or somebody made it by hand.
 */
import type { Subject } from '../../directory/subject.ts';
import type { Held } from '../../provisioning/gate/gate.ts';
import type { NewHold } from '../../provisioning/gate/hold.ts';
import { operationKey } from '../../provisioning/gate/removal.ts';
import { nameOf } from '../../provisioning/plan/name-of.ts';
import type { WorkContext } from '../work-context.ts';
import type { Look } from './look.ts';

export async function syncHolds(context: WorkContext, subject: Subject, seen: Look): Promise<void> {
  const { decision, owner, planned, hasRemovals } = seen;
  const { workspace, store, clock, log } = context;
  // While the connection is paused, existing holds stay.
  const held = decision.onHold ? [] : decision.held;
  if (hasRemovals) await store.endRemovals(workspace, subject, new Set(planned.map(operationKey)));
  if (owner === undefined || held.length === 0) return;
  const holds = await holdsOf(context, held);
  const count = await store.syncHolds({ workspace, connectionId: owner.id, subject }, holds, clock.now());
  if (count === 0) return;
  const codes = [...new Set(held.map(({ reason }) => reason.code))];
  log.warn({ subject, connection: owner.name, holds: count, reasons: codes }, 'held until a person decides');
}

async function holdsOf(
  { workspace, store }: WorkContext,
  held: readonly Held[],
): Promise<readonly NewHold[]> {
  const isOfMember = held.some(({ operation }) => operation.type === 'remove_group_member');
  const members = isOfMember ? await store.observedMembers(workspace) : [];
  const groups = isOfMember ? await store.observedGroups(workspace) : [];
  const accounts = new Map(members.map((member) => [member.accountId, nameOf(member)]));
  const groupNames = new Map(groups.map(({ token, name }) => [token, name]));
  return held.map(({ operation, reason }): NewHold => {
    const hold = { operation: operation.type, key: operationKey(operation), reason };
    switch (operation.type) {
      case 'remove_group_member': {
        const { accountId, targetGroupId } = operation;
        const group = groupNames.get(targetGroupId) ?? targetGroupId;
        return { ...hold, name: accounts.get(accountId) ?? accountId, group };
      }
      case 'remove_member':
      case 'set_admin':
      case 'update_profile':
        return { ...hold, name: nameOf(operation.member), group: null };
      case 'invite':
        return { ...hold, name: operation.email, group: null };
      case 'add_group_member':
        return { ...hold, name: operation.accountId, group: null };
      case 'create_group':
      case 'adopt_group':
      case 'rename_group':
      case 'delete_group':
        return { ...hold, name: operation.name, group: null };
    }
  });
}
