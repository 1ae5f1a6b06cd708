import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
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
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { freshStore } from '../stores.ts';

describe('on SQLite', () => {
  directoryStoreConformance(() => freshStore('sqlite'));
  provisioningStoreConformance(() => freshStore('sqlite'));
  searchConformance(() => freshStore('sqlite'));
  capabilityStoreConformance(() => freshStore('sqlite'));
  taskStoreConformance(() => freshStore('sqlite'));
  removalStoreConformance(() => freshStore('sqlite'));
  requestStoreConformance(() => freshStore('sqlite'));
  auditStoreConformance('sqlite');
  noticeStoreConformance(() => freshStore('sqlite'));
  accessBackConformance(() => freshStore('sqlite'));
  leaverStoreConformance(() => freshStore('sqlite'));
  planStoreConformance(() => freshStore('sqlite'));

  async function openCounting() {
    const path = join(mkdtempSync(join(tmpdir(), 'bridge-sqlite-')), 'test.db');
    const engine = openSqlite(path);
    onTestFinished(() => engine.close());
    await sql`create table things (id integer primary key)`.execute(engine.db);
    const commits = () => countCommits(readFileSync(`${path}-wal`));
    const insert = (id: number, expect = 1) => ({
      query: sql`insert into things (id) values (${id})`.compile(engine.db),
      expect,
    });
    const ids = async () =>
      (await sql<{ id: number }>`select id from things order by id`.execute(engine.db)).rows.map(
        (row) => row.id,
      );
    return { engine, path, commits, insert, ids };
  }

  it('writes that arrive together share one commit', async () => {
    const { engine, commits, insert, ids } = await openCounting();
    const before = commits();
    const results = await Promise.all(Array.from({ length: 100 }, (_, id) => engine.write([insert(id)])));
    expect(new Set(results)).toEqual(new Set(['committed']));
    expect(await ids()).toHaveLength(100);
    expect(commits() - before).toBe(1);
    for (const id of [200, 201, 202]) await engine.write([insert(id)]);
    expect(commits() - before).toBe(4);
  });

  it('a write that fails takes none of the others with it, and leaves nothing of itself', async () => {
    const { engine, insert, ids } = await openCounting();
    const results = await Promise.allSettled([
      engine.write([insert(1)]),
      engine.write([insert(2), insert(3, 2)]),
      engine.write([insert(4), insert(1)]),
      engine.write([insert(5), { query: sql`insert into nothing values (1)`.compile(engine.db) }]),
      engine.write([insert(6)]),
    ]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
      'committed',
      'conflict',
      'conflict',
      'failed',
      'committed',
    ]);
    expect(await ids()).toEqual([1, 6]);
  });

  it('is synced with every commit, in a file that only its owner reads', async () => {
    const { engine, path, insert } = await openCounting();
    const pragma = async (name: string) =>
      Object.values(
        (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(engine.db)).rows[0] ?? {},
      )[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    // A write that does not wait for the disk changes that for itself only, whether it is carried out or not.
    const unsynced = [engine.writeUnsynced([insert(1)]), engine.writeUnsynced([insert(2)])];
    expect(await Promise.all(unsynced)).toEqual(['committed', 'committed']);
    expect(await pragma('synchronous')).toBe(2);
    expect(await engine.writeUnsynced([insert(3, 2)])).toBe('conflict');
    expect(await pragma('synchronous')).toBe(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3');
  });
});

/** Commits in a write-ahead log: frames that say how large the database is after them (SQLite's file format, 4.1). */
function countCommits(wal: Buffer): number {
  const [headerSize, frameHeaderSize] = [32, 24];
  const pageSize = wal.readUInt32BE(8);
  let commits = 0;
  for (let at = headerSize; at + frameHeaderSize <= wal.length; at += frameHeaderSize + pageSize) {
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
