/**
 * Changes many members of a group in one call, if the target supports it. The remaining ones are changed one by one.
 */
import type { Subject } from '../../directory/subject.ts';
import { stepKeys } from '../../provisioning/plan/lock-keys.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import { acceptedOf } from '../../provisioning/gate/accepted-of.ts';
import {
  operationApplied,
  operationRefused,
  type OperationNames,
} from '../../provisioning/observe/operation-change.ts';
import { recordApplied } from '../../provisioning/observe/record-applied.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import type { WorkContext } from '../work-context.ts';

/** Fewer members are as fast one by one. */
const WORTH = 3;

type MemberOperation = Operation & { readonly type: 'add_group_member' | 'remove_group_member' };

export interface MembersChange {
  readonly subject: Subject;
  /** The operations of one plan, in order. */
  readonly operations: readonly Operation[];
  readonly names: OperationNames;
}

/**
 * @param goesOn checked before each call; when false, no further call begins @param acted called after each call that
 * changed something @returns the remaining operations @throws TargetError
 */
export async function changeMembers(
  context: WorkContext,
  change: MembersChange,
  goesOn: () => boolean,
  acted: () => void,
): Promise<readonly Operation[]> {
  const { changeMembers: together } = context.target;
  const { operations } = change;
  const members = alone(operations.filter(isOfMember));
  if (together === undefined || members.length < WORTH) return operations;
  // The call finds the group by name, so other operations on the group come first, and the members in the next plan.
  const others = operations.filter((operation) => !isOfMember(operation));
  if (others.length > 0) return others;
  const done = new Set<Operation>();
  for (let from = 0; from < members.length && goesOn(); from += together.atOnce) {
    const batch = members.slice(from, from + together.atOnce);
    const applied = await applyBatch(context, change, batch);
    for (const operation of applied) done.add(operation);
    if (applied.length > 0) acted();
    // The same call would be refused again.
    if (applied.length === 0) break;
  }
  return operations.filter((operation) => !done.has(operation));
}

async function applyBatch(
  { workspace, target, store, clock, locks, log }: WorkContext,
  { subject, names }: MembersChange,
  batch: readonly MemberOperation[],
): Promise<readonly MemberOperation[]> {
  const [first] = batch;
  if (first === undefined || target.changeMembers === undefined) return [];
  const { apply } = target.changeMembers;
  const { targetGroupId } = first;
  const tokens = (type: MemberOperation['type']) =>
    batch.flatMap((operation) => (operation.type === type ? [operation.accountId] : []));
  return locks.hold([...new Set(batch.flatMap(stepKeys))], async () => {
    const [add, remove] = [tokens('add_group_member'), tokens('remove_group_member')];
    const done = await apply({ targetGroupId, add, remove }).catch(async (error: unknown) => {
      if (error instanceof TargetError) {
        const changes = batch.flatMap((operation) => operationRefused(operation, error, subject, names));
        if (changes.length > 0) await store.record({ workspace, at: clock.now(), changes });
      }
      throw error;
    });
    const applied = batch.filter((operation) => done.has(operation.accountId));
    const at = clock.now();
    const recorded = applied.map((operation) => recordApplied(operation, {}, subject, at));
    if (applied.length > 0) {
      log.info({ operation: 'change_group_members', members: applied.length, subject }, 'applied');
      await store.record({
        workspace,
        at,
        groupMembers: {
          upsert: recorded.flatMap((one) => one.groupMembers?.upsert ?? []),
          remove: recorded.flatMap((one) => one.groupMembers?.remove ?? []),
        },
        removed: { groupMembers: recorded.flatMap((one) => one.removed?.groupMembers ?? []) },
        accepted: acceptedOf(subject, applied),
        changes: [
          ...recorded.flatMap((one) => one.changes ?? []),
          ...applied.map((operation) => operationApplied(operation, {}, subject, names)),
        ],
      });
    }
    return applied;
  });
}

/** Only people with a single operation. For people who are removed and added again, the order of the plan matters. */
function alone(operations: readonly MemberOperation[]): readonly MemberOperation[] {
  const counts = new Map<string, number>();
  for (const { accountId } of operations) counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
  return operations.filter(({ accountId }) => counts.get(accountId) === 1);
}

function isOfMember(operation: Operation): operation is MemberOperation {
  return operation.type === 'add_group_member' || operation.type === 'remove_group_member';
}
