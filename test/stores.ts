/** Stores on both engines, migrated and empty, closed when the test ends. */
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../src/store/open-store.ts';
import { freshDatabase, type EngineName } from './databases.ts';

/** Its database was made with the tables of this version. */
export async function freshStore(engine: EngineName): Promise<Store> {
  return opened(await freshDatabase(engine));
}

export async function storeAt(url: string): Promise<Store> {
  const store = opened(url);
  await store.migrate();
  return store;
}

function opened(url: string): Store {
  const store = openStore(url);
  onTestFinished(() => store.close());
  return store;
}
