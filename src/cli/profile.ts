/** `profile` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function pinProfile(name: string, { connection }: { connection: string }): Promise<void> {
  await withMaintenance(readConfig(), systemClock, (maintenance) => maintenance.pinProfile(connection, name));
  console.log(
    name === 'auto' ? 'What the traffic looks like counts again.' : `${connection} counts as ${name}.`,
  );
}
