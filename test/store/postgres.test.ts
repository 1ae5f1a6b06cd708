import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessBackConformance } from '../conformance/access-back.ts';
import { capabilityStoreConformance } from '../conformance/capability-store.ts';
import { directoryStoreConformance } from '../conformance/directory-store.ts';
import { leaverStoreConformance } from '../conformance/leaver-store.ts';
import { provisioningStoreConformance } from '../conformance/provisioning-store.ts';
import { searchConformance } from '../conformance/search.ts';
import { removalStoreConformance } from '../conformance/removal-store.ts';
import { auditStoreConformance } from '../conformance/audit-store.ts';
import { noticeStoreConformance } from '../conformance/notice-store.ts';
import { requestStoreConformance } from '../conformance/request-store.ts';
import { planStoreConformance } from '../conformance/plan-store.ts';
import { taskStoreConformance } from '../conformance/task-store.ts';
import { freshDatabase } from '../databases.ts';
import { freshStore, storeAt } from '../stores.ts';

describe('on PostgreSQL', () => {
  directoryStoreConformance(() => freshStore('postgres'));
  provisioningStoreConformance(() => freshStore('postgres'));
  searchConformance(() => freshStore('postgres'));
  capabilityStoreConformance(() => freshStore('postgres'));
  taskStoreConformance(() => freshStore('postgres'));
  removalStoreConformance(() => freshStore('postgres'));
  requestStoreConformance(() => freshStore('postgres'));
  auditStoreConformance('postgres');
  noticeStoreConformance(() => freshStore('postgres'));
  accessBackConformance(() => freshStore('postgres'));
  leaverStoreConformance(() => freshStore('postgres'));
  planStoreConformance(() => freshStore('postgres'));

  it('of two transactions that overlap, the one that took its position first is seen first', async () => {
    const url = await freshDatabase('postgres');
    const store = await storeAt(url);
    const subject = { kind: 'user', id: 'u' } as const;
    const change = (userName: string) => {
      const data = { userName };
      return store.provisioning.record({
        workspace: 'acme',
        at: 1,
        changes: [{ kind: 'user.created', subject, data }],
      });
    };
    // A transaction of another bridge: it has its position, and has not committed yet.
    const slow = new pg.Client({ connectionString: url });
    await slow.connect();
    onTestFinished(() => slow.end());
    await slow.query('begin');
    await slow.query('select pg_advisory_xact_lock(7263101)');
    await slow.query(
      `insert into changes (workspace, at, kind, data) values ('acme', 1, 'user.created', '{"userName":"slow"}')`,
    );

    let committed = false;
    const fast = change('fast').then(() => (committed = true));
    // A round trip on the same server: without the lock the fast one would be through by then.
    for (let round = 0; round < 20; round += 1) await slow.query('select 1');
    expect(committed).toBe(false);
    expect(await store.feed.changesAfter('acme', 0, 10)).toEqual([]);

    await slow.query('commit');
    await fast;
    const names = (await store.feed.changesAfter('acme', 0, 10)).map(
      (entry) => 'userName' in entry.data && entry.data.userName,
    );
    expect(names).toEqual(['slow', 'fast']);
  });
});
