/**
 * Keeps the tasks of one subject in step with its plan: opens what people have to do now, and closes what a look finds
 * nothing left of.
 */
import { newId } from '../../directory/new-id.ts';
import type { Subject } from '../../directory/subject.ts';
import type { NewTask, RememberedTask, WantedTask } from '../../provisioning/plan/task.ts';
import type { WorkContext } from '../work-context.ts';

export interface HandedOver {
  /** Tells people which tasks their wish waits for; empty when there are none. */
  readonly told: string;
  /** A task is closed that a person may have done a moment before the wish became another one: only a read tells. */
  readonly closed: boolean;
}

export async function syncTasks(
  { workspace, tasks, target, clock, log }: WorkContext,
  subject: Subject,
  wanted: readonly WantedTask[],
): Promise<HandedOver> {
  const remembered = await tasks.remembered(workspace, subject);
  if (wanted.length === 0 && remembered.length === 0) return { told: '', closed: false };
  const open: NewTask[] = [];
  const update: RememberedTask[] = [];
  const told: string[] = [];
  const kept = new Set<string>();
  for (const { place, ...want } of wanted) {
    const same = remembered.find((task) => task.action === want.action && stands(task, want.what));
    if (same === undefined) {
      const task = { ...want, id: newId(), link: await target.pageFor(place) };
      open.push(task);
      told.push(`Task ${task.id}.`);
      log.info({ subject, task: task.id, action: task.action }, 'handed over to people');
      continue;
    }
    kept.add(same.id);
    told.push(same.closedBy === null ? `Task ${same.id}.` : `Task ${same.id} was closed by hand.`);
    if (same.what !== want.what || same.why !== want.why || same.triedAt !== want.triedAt) {
      update.push({ ...same, what: want.what, why: want.why, triedAt: want.triedAt });
    }
  }
  const done = remembered.filter((task) => !kept.has(task.id)).map((task) => task.id);
  if (open.length + update.length + done.length > 0) {
    await tasks.write({ workspace, subject, at: clock.now(), open, update, done });
  }
  return { told: told.join(' '), closed: done.length > 0 };
}

/** One that a person closed stands for that wish alone; an open one takes up what the wish has become. */
function stands(task: RememberedTask, what: string): boolean {
  return task.closedBy === null || task.what === what;
}
