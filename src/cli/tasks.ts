/** `tasks list`, `tasks close` */
import { viewTask } from '../admin/task-view.ts';
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function listTasks({
  closed = false,
  json,
}: {
  closed?: boolean;
  json?: boolean;
}): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    const workspaces = await operators.connections.workspaces();
    const lists = await Promise.all(
      workspaces.map((workspace) => operators.tasks.list(workspace, { closed })),
    );
    const tasks = lists.flat().map(viewTask);
    if (json === true) {
      console.log(JSON.stringify(tasks, undefined, 2));
      return;
    }
    if (tasks.length === 0) console.log('No task is open.');
    for (const { id, what, why, link, subject, asked_by: askedBy, since, closed_at: closedAt } of tasks) {
      const state = closedAt === null ? `open since ${since ?? ''}` : `closed ${closedAt}`;
      console.log(`${id}  ${state}`);
      console.log(`  what   ${what}`);
      console.log(`  why    ${why}`);
      console.log(`  where  ${link}`);
      console.log(`  for    ${subject.kind} ${subject.name}, asked for by ${askedBy ?? 'nobody any more'}`);
    }
  });
}

export async function closeTask(id: string): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    await operators.tasks.close(await operators.connections.workspaces(), id);
  });
  console.log('The task is closed. A running bridge reads Mode again to see whether it is done.');
}
