/**
 * Syncs the tasks of one subject with its plan: opens tasks for steps that a person must do, and closes tasks that are
 * done.
 */
import type { Subject } from '../../directory/subject.ts';
import type { NewTask, RememberedTask, WantedTask } from '../../provisioning/plan/task.ts';
import { reason, type Reason } from '../../provisioning/reason/reason.ts';
import type { WorkContext } from '../work-context.ts';

export interface SyncedTasks {
  /** The tasks that the subject waits for. */
  readonly reasons: readonly Reason[];
  /** True when a task was closed whose step a person may have just done. Only a read shows this. */
  readonly closed: boolean;
}

export async function syncTasks(
  { workspace, tasks, target, clock, random, log }: WorkContext,
  subject: Subject,
  wanted: readonly WantedTask[],
): Promise<SyncedTasks> {
  const remembered = await tasks.remembered(workspace, subject);
  if (wanted.length === 0 && remembered.length === 0) return { reasons: [], closed: false };
  const open: NewTask[] = [];
  const update: RememberedTask[] = [];
  const reasons: Reason[] = [];
  const kept = new Set<string>();
  for (const { place, ...want } of wanted) {
    const same = remembered.find((task) => task.action === want.action && stands(task, want.what));
    if (same === undefined) {
      const task = { ...want, id: random.id(), link: await target.pageFor(place) };
      open.push(task);
      reasons.push(reason('task_open', { task: task.id }));
      log.info({ subject, task: task.id, action: task.action }, 'opened a task for a person');
      continue;
    }
    kept.add(same.id);
    reasons.push(reason(same.closedBy === null ? 'task_open' : 'task_closed', { task: same.id }));
    if (!isSame(same.what, want.what) || same.why !== want.why || same.triedAt !== want.triedAt) {
      update.push({ ...same, what: want.what, why: want.why, triedAt: want.triedAt });
    }
  }
  const done = remembered.filter((task) => !kept.has(task.id)).map((task) => task.id);
  if (open.length + update.length + done.length > 0) {
    await tasks.write({ workspace, subject, at: clock.now(), open, update, done });
  }
  return { reasons, closed: done.length > 0 };
}

/** A task that a person closed is valid only for the same request. An open one is updated. */
function stands(task: RememberedTask, what: readonly Reason[]): boolean {
  return task.closedBy === null || isSame(task.what, what);
}

function isSame(some: readonly Reason[], others: readonly Reason[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
