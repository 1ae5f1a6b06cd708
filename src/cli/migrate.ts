/** `migrate` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function migrate(): Promise<void> {
  await withMaintenance(readConfig(), systemClock, (_maintenance, applied) => {
    for (const name of applied) console.log(`applied  ${name}`);
    console.log(applied.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
    return Promise.resolve();
  });
}
