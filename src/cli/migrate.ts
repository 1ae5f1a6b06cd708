/** `migrate` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function migrate(): Promise<void> {
  await withBridge(readConfig(), systemClock, ({ applied }) => {
    for (const name of applied) console.log(`applied  ${name}`);
    console.log(applied.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
    return Promise.resolve();
  });
}
