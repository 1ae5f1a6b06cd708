import { afterEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { engines, freshDatabase } from '../databases.ts';

describe.each(engines)('a database on %s', (engine) => {
  const open: Store[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  });

  it('is brought to the newest tables once', async () => {
    const store = openStore(await freshDatabase(engine));
    open.push(store);
    expect(await store.migrate()).toEqual([
      '0001-first-tables',
      '0002-search',
      '0003-idp-profiles',
      '0007-feed',
    ]);
    expect(await store.migrate()).toEqual([]);
  });
});
