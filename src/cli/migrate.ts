/** `migrate` */
import { useBridge } from './use-bridge.ts';

export async function migrate(): Promise<void> {
  await useBridge(
    ({ applied }) => {
      for (const name of applied) console.log(`applied  ${name}`);
      console.log(applied.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
      return Promise.resolve();
    },
    { mayCreate: true },
  );
}
