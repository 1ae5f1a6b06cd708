/**
 * The full read of the target: members, groups, and the members of the groups that may have changed. It stores what it
 * finds, enqueues the affected subjects, and shows members and groups that no IdP has pushed as unmanaged ones.
 */
import type { Subject } from '../../directory/subject.ts';
import { isToBeRead } from '../../provisioning/observe/group-reads.ts';
import { readInParallel } from '../../provisioning/observe/read-in-parallel.ts';
import type { SyncProgress, SyncResult } from '../../provisioning/model/sync-state.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import { refreshGroupMembers } from './refresh-group-members.ts';
import { refreshGroups, refreshMembers } from './refresh.ts';
import { enforceDrift } from './enforce-drift.ts';
import { showUnmanaged } from './show-unmanaged.ts';
import type { WorkContext } from '../work-context.ts';

export interface SyncOptions {
  /** Read the members of every group, whatever the counts say. */
  readonly everything?: boolean;
  /**
   * True for the hourly read. Jobs that are parked or retried then keep their due time, unless they remove access or
   * the read shows a change of their subject.
   */
  readonly hourly?: boolean;
  readonly progress?: (progress: SyncProgress) => void;
}

/** @throws TargetError when the target cannot be read; what was read before the failure is kept */
export async function fullSync(
  context: WorkContext,
  signal: AbortSignal,
  { everything = false, hourly = false, progress = () => undefined }: SyncOptions = {},
): Promise<SyncResult> {
  const { workspace, store, clock, log } = context;
  const startedAt = clock.monotonic();
  progress({ phase: 'members', done: 0, of: 1 });
  await refreshMembers(context);
  progress({ phase: 'groups', done: 0, of: 1 });
  await refreshGroups(context);
  const groups = await store.groupReads(workspace);
  const due = groups.filter((group) => everything || isToBeRead(group, clock.now()));
  const groupsFailed = await readGroupMembers(context, due, signal, (done) => {
    progress({ phase: 'group members', done, of: due.length });
  });
  progress({ phase: 'unmanaged', done: 0, of: 1 });
  await showUnmanaged(context);
  if (hourly) await store.unparkUrgentJobs(workspace, clock.now());
  else await store.unparkJobs(workspace, clock.now());
  const lost = await store.unsettledSubjects(workspace);
  const invited = await overdue(context);
  await enforceDrift(context);
  await store.record({
    workspace,
    at: clock.now(),
    enqueue: [...lost, ...invited].map((subject) => ({ subject, verifying: false })),
  });
  const result = {
    groups: groups.length,
    groupsRead: due.length - groupsFailed,
    groupsFailed,
    woken: lost.length,
  };
  log.info({ ...result, ms: Math.round(clock.monotonic() - startedAt) }, 'synced');
  return result;
}

/** Users whose invite must be sent again. */
async function overdue({ workspace, store, clock, invites }: WorkContext): Promise<Subject[]> {
  const { resendAfterMs, maxSends } = invites;
  const ids = await store.usersInvited(workspace, {
    sentBefore: clock.now() - resendAfterMs,
    sendsBelow: maxSends,
  });
  return ids.map((id) => ({ kind: 'user', id }));
}

/**
 * A group that cannot be read now is read when it is needed, and does not delay the others. @returns the number of
 * failed groups
 */
async function readGroupMembers(
  context: WorkContext,
  groups: readonly { readonly token: string; readonly listed: number | null }[],
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<number> {
  let failed = 0;
  let done = 0;
  const read = async (group: (typeof groups)[number]) => {
    if (!(await readOne(context, group))) failed += 1;
    done += 1;
    progress(done);
  };
  progress(done);
  await readInParallel(groups, read, signal);
  return failed;
}

async function readOne(
  context: WorkContext,
  { token, listed }: { readonly token: string; readonly listed: number | null },
): Promise<boolean> {
  try {
    await refreshGroupMembers(context, token, listed);
    return true;
  } catch (error) {
    // An error of one group does not affect the others. An outage or a rate limit does.
    if (
      !(error instanceof TargetError) ||
      ['unavailable', 'rate_limited', 'unauthorized'].includes(error.kind)
    ) {
      throw error;
    }
    context.log.warn({ group: token, reason: error.message }, 'the members of a group could not be read');
    return false;
  }
}
