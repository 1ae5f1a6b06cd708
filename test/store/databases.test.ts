import { afterEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { engines, emptyDatabase } from '../databases.ts';

describe.each(engines)('a database on %s', (engine) => {
  const open: Store[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  });

  it('is brought to the newest tables once', async () => {
    const store = openStore(await emptyDatabase(engine));
    open.push(store);
    expect(await store.migrate()).toEqual([
      '0001-first-tables',
      '0002-search',
      '0003-idp-profiles',
      '0004-capabilities',
      '0005-tasks',
      '0006-drive',
      '0007-feed',
      '0008-events',
      '0009-default-access',
      '0010-feed-version',
      '0011-matching',
      '0012-urgent-jobs',
      '0013-name-keys',
      '0014-reasons',
      '0015-workspace-tokens',
      '0016-one-address-index',
      '0017-removals',
      '0018-plans',
      '0019-requests',
      '0020-withdrawals',
      '0021-leavers',
      '0022-audit',
      '0023-notices',
      '0024-history',
      '0025-undo-plans',
      '0026-request-batches',
      '0029-token-expiry',
    ]);
    expect(await store.migrate()).toEqual([]);
  });
});
