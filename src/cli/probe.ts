/** `probe` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function probe(): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    const workspaces = await maintenance.probe();
    console.log(
      workspaces.length === 0
        ? 'Nothing yet: run serve first.'
        : `A running bridge looks at ${workspaces.join(', ')} within seconds; "status" shows what it finds.`,
    );
  });
}
