/** `tasks list`, `tasks close` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function listTasks({
  closed = false,
  json,
}: {
  closed?: boolean;
  json?: boolean;
}): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    const tasks = await maintenance.listTasks({ closed });
    if (json === true) {
      console.log(JSON.stringify(tasks, undefined, 2));
      return;
    }
    if (tasks.length === 0) console.log('Nothing is with people.');
    for (const { id, what, why, link, subject, asked_by: askedBy, since, closed_at: closedAt } of tasks) {
      const state = closedAt === null ? `open since ${since ?? ''}` : `closed ${closedAt}`;
      console.log(`${id}  ${state}`);
      console.log(`  what   ${what}`);
      console.log(`  why    ${why}`);
      console.log(`  where  ${link}`);
      console.log(`  for    ${subject.kind} ${subject.name}, asked by ${askedBy ?? 'nobody any more'}`);
    }
  });
}

export async function closeTask(id: string): Promise<void> {
  await withMaintenance(readConfig(), systemClock, (maintenance) => maintenance.closeTask(id));
  console.log('The task is closed. A running bridge reads Mode again to see whether it is done.');
}
