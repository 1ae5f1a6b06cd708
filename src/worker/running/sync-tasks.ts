/**
 * Keeps the tasks of one subject in step with its plan: opens what people have to do now, and closes what a look finds
 * nothing left of.
 */
import type { Subject } from '../../directory/subject.ts';
import type { NewTask, RememberedTask, WantedTask } from '../../provisioning/plan/task.ts';
import { reason, type Reason } from '../../provisioning/reason/reason.ts';
import type { WorkContext } from '../work-context.ts';

export interface SyncedTasks {
  /** Which tasks the subject waits for. */
  readonly reasons: readonly Reason[];
  /** A task is closed that a person may have done a moment before the wish changed: only a read shows it. */
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
      log.info({ subject, task: task.id, action: task.action }, 'handed over to people');
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

/** One that a person closed stands for that wish alone; an open one takes up what the wish has become. */
function stands(task: RememberedTask, what: readonly Reason[]): boolean {
  return task.closedBy === null || isSame(task.what, what);
}

function isSame(some: readonly Reason[], others: readonly Reason[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
