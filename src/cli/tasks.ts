/** `tasks list`, `tasks close` */
import { viewTask } from '../admin/task-view.ts';
import { COMMAND_LINE, useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function listTasks({
  closed = false,
  json,
  workspace,
}: WorkspaceOption & {
  readonly closed?: boolean;
  readonly json?: boolean;
}): Promise<void> {
  await useBridge(async ({ operators }) => {
    const all = await operators.connections.workspaces();
    const workspaces = workspace === undefined ? all : [await operators.connections.workspace(workspace)];
    const lists = await Promise.all(workspaces.map((slug) => operators.tasks.list(slug, { closed })));
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
      console.log(
        `  for    ${subject.kind} ${subject.name}, requested by ${askedBy ?? 'a removed connection'}`,
      );
    }
  });
}

export async function closeTask(id: string): Promise<void> {
  await useBridge(async ({ operators }) => {
    await operators.tasks.close(await operators.connections.workspaces(), id, COMMAND_LINE);
  });
  console.log('The task is closed. A running bridge reads Mode again to see whether it is done.');
}
