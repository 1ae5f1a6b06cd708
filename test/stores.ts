/** Stores on both engines, migrated and empty, closed when the test ends. */
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../src/store/open-store.ts';
import { freshDatabase, type EngineName } from './databases.ts';

export async function freshStore(engine: EngineName): Promise<Store> {
  return storeAt(await freshDatabase(engine));
}

export async function storeAt(url: string): Promise<Store> {
  const store = openStore(url);
  await store.migrate();
  onTestFinished(() => store.close());
  return store;
}
