/**
 * The full read of Mode: members, groups, and the members of every group that the directory knows. It writes what it
 * finds, wakes whom it concerns, and shows members and groups that nobody has pushed to the IdP as unmanaged ones.
 */
import { refreshGroupMembers, refreshGroups, refreshMembers } from './refresh.ts';
import { showUnmanaged } from './show-unmanaged.ts';
import type { ObservedGroup } from '../provisioning/observed.ts';
import { TargetError } from '../provisioning/target.ts';
import type { WorkContext } from './work-context.ts';

/** @throws TargetError when Mode cannot be read; what was read before that is kept. */
export async function fullSync(
  context: WorkContext,
  believeShort: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { workspace, store, clock, log } = context;
  const startedAt = clock.now();
  await refreshMembers(context, believeShort);
  await refreshGroups(context);
  const groups = await store.observedGroups(workspace);
  await readGroupMembers(context, groups, signal);
  await showUnmanaged(context);
  await store.unparkJobs(workspace, clock.now());
  const lost = await store.unsettledSubjects(workspace);
  await store.record({
    workspace,
    at: clock.now(),
    wake: lost.map((subject) => ({ subject, verifying: false })),
  });
  log.info({ groups: groups.length, woken: lost.length, ms: clock.now() - startedAt }, 'synced');
}

/** A group that cannot be read now is read when it is needed; it does not keep everything else waiting. */
async function readGroupMembers(
  context: WorkContext,
  groups: readonly ObservedGroup[],
  signal: AbortSignal,
): Promise<void> {
  for (const group of groups) {
    if (signal.aborted) return;
    try {
      await refreshGroupMembers(context, group.token);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      context.log.warn(
        { group: group.token, reason: error.message },
        'the members of a group could not be read',
      );
      return;
    }
  }
}
