/** Reads the members of one group, and stores the changes. */
import { groupKey } from '../../provisioning/plan/lock-keys.ts';
import { mergeGroupMembers } from '../../provisioning/observe/merge-groups.ts';
import type { ObservedGroupMember } from '../../provisioning/model/observed.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import { refreshGroups, subjectOf, withoutDrift } from './refresh.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * A deleted group has no members. A list that lost most of them at once is accepted when the target's count of the
 * group agrees, or when it stays short. @param listed the count in a list of groups that was just read; undefined
 * without one
 * @throws TargetError
 */
export async function refreshGroupMembers(
  context: WorkContext,
  targetGroupId: string,
  listed?: number | null,
): Promise<void> {
  const since = context.clock.now();
  const read = await context.target.readGroupMembers(targetGroupId).catch((error: unknown) => {
    if (error instanceof TargetError && error.kind === 'not_found') return undefined;
    throw error;
  });
  // The group is gone for this key. The list of groups, not this response, decides whether it still exists.
  if (read === undefined) return refreshGroups(context);
  const merged = await merge(context, targetGroupId, read);
  if (merged.short && !(await believed(context, targetGroupId, read.length))) {
    throw new TargetError(
      'refused',
      `${context.target.label}'s list of the group's members lacks ${merged.removed.length} of them at once, so the list is ignored.`,
    );
  }
  await context.locks.hold([groupKey(targetGroupId)], () =>
    write(context, { targetGroupId, listed, since, read }),
  );
}

/** @param count the rows of the list in doubt */
async function believed(context: WorkContext, targetGroupId: string, count: number): Promise<boolean> {
  const { workspace, store, shortReads } = context;
  const list = groupKey(targetGroupId);
  await refreshGroups(context);
  const group = (await store.observedGroups(workspace)).find((row) => row.token === targetGroupId);
  if (group === undefined || group.memberCount === count || shortReads.accepts(list)) {
    shortReads.end(list);
    return true;
  }
  shortReads.raise(list);
  return false;
}

interface Shown {
  readonly targetGroupId: string;
  readonly listed: number | null | undefined;
  readonly since: number;
  readonly read: readonly ObservedGroupMember[];
}

async function write(context: WorkContext, { targetGroupId, listed, since, read }: Shown): Promise<void> {
  const { workspace, store, clock } = context;
  const { previous, rows, added, removed, behind } = await merge(context, targetGroupId, read);
  const subject = subjectOf(targetGroupId, await store.groupsBehind(workspace, [targetGroupId]));
  const changed = subject !== null && added.length + removed.length > 0;
  const drift = changed ? [{ subject, verifying: false }] : [];
  // A count that differs from the members is accepted when two reads agree, because a single read may be short.
  const agrees = listed === read.length || added.length + removed.length === 0;
  const change = (kind: 'mode.group_member_added' | 'mode.group_member_removed') => (accountId: string) => {
    return { kind, subject, data: { groupToken: targetGroupId, memberToken: accountId } };
  };
  await store.record({
    workspace,
    at: clock.now(),
    groupMembers: { upsert: rows, remove: previous },
    read: { list: { targetGroupId }, since, how: 'group_memberships', behind },
    settled: [{ targetGroupId, memberCount: agrees ? (listed ?? null) : null }],
    changes: [
      ...removed.map(change('mode.group_member_removed')),
      ...added.map(change('mode.group_member_added')),
    ],
    enqueue: await withoutDrift(context, { drift }),
  });
}

async function merge(
  { workspace, store, clock }: WorkContext,
  targetGroupId: string,
  read: readonly ObservedGroupMember[],
) {
  const { rows: previous } = await store.observedGroupMembers(workspace, targetGroupId);
  const takenAway = await store.removedOnTarget(workspace, { targetGroupId });
  return { previous, ...mergeGroupMembers(previous, read, clock.now(), takenAway) };
}
