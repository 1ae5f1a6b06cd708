/** `events rotate-key` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function rotateEventKey(): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    const id = await maintenance.rotateEventKey();
    console.log(`SCIM events are signed with the key ${id} now. The key before it stays published.`);
  });
}
