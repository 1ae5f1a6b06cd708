import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { snapshotSource } from '../../../src/feed/c1z/snapshot-source.ts';
import { writeC1z } from '../../../src/feed/c1z/write-c1z.ts';
import { defaultSync, openC1z, rows, syncRuns } from './read-c1z.ts';
import { aGrant, anAccount, bob, freshFolder, options, snapshotOf, TAKEN_AT, WORKSPACE } from './samples.ts';

const MINUTE = 60_000;

/** Writes the same file several times, one minute apart. @returns the ids of the syncs */
async function exportTimes(file: string, times: number, firstAt = TAKEN_AT): Promise<string[]> {
  const ids: string[] = [];
  for (let each = 0; each < times; each += 1) {
    const at = firstAt + each * MINUTE;
    const clock = { now: () => at + 1_500 };
    const { syncId } = await writeC1z(snapshotSource(snapshotOf({}, at)), options(file, { clock }));
    ids.push(syncId);
  }
  return ids;
}

/** Changes the database of a c1z file. */
function alter(file: string, statements: string): void {
  const database = `${file}.db`;
  writeFileSync(database, zstdDecompressSync(readFileSync(file).subarray(5)));
  const connection = new DatabaseSync(database);
  connection.exec(statements);
  connection.close();
  writeFileSync(file, Buffer.concat([Buffer.from('C1ZF\0'), zstdCompressSync(readFileSync(database))]));
}

const again = (file: string) => writeC1z(snapshotSource(snapshotOf({}, TAKEN_AT + MINUTE)), options(file));

describe('the sync of the previous file', () => {
  it('is kept next to the new one, which readers use', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    const [first, second] = await exportTimes(file, 2);
    const database = openC1z(file);
    expect(syncRuns(database).map((run) => run['sync_id'])).toEqual([first, second]);
    expect(defaultSync(database)).toBe(second);
    expect(rows(database, 'v1_grants', first)).toHaveLength(7);
    expect(rows(database, 'v1_grants', second)).toHaveLength(7);
  });
  it('is the only earlier one that is kept, however often a file is written', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    const ids = await exportTimes(file, 5);
    const database = openC1z(file);
    expect(syncRuns(database).map((run) => run['sync_id'])).toEqual(ids.slice(3));
    const held = database.prepare('select distinct sync_id from v1_grants order by 1').all();
    expect(held.map((row) => row['sync_id'])).toEqual(ids.slice(3).toSorted());
  });
  it('is copied unchanged: without changes, a comparison finds none', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    const [first, second] = await exportTimes(file, 2);
    const database = openC1z(file);
    for (const table of ['v1_resource_types', 'v1_resources', 'v1_entitlements', 'v1_grants'] as const) {
      const bytesOf = (sync: string | undefined) =>
        rows(database, table, sync).map((row) => [row['external_id'], Buffer.from(row.data).toString('hex')]);
      expect(bytesOf(first)).toEqual(bytesOf(second));
    }
    expect(rows(database, 'v1_resources', first)[0]?.['discovered_at']).toBe('2026-11-21 10:00:00.250000000');
  });
  it('differs from the new one only in what has changed', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    const { syncId: before } = await writeC1z(snapshotSource(snapshotOf()), options(file));
    const changes = {
      accounts: [anAccount({ name: 'Ada King' }), bob],
      grants: [
        ...WORKSPACE.grants.slice(0, -2),
        aGrant(WORKSPACE.grants.at(-1)?.entitlementId ?? '', { principal: { type: 'account', id: bob.id } }),
      ],
    };
    const source = snapshotSource(snapshotOf(changes, TAKEN_AT + MINUTE));
    await writeC1z(source, options(file, { clock: { now: () => TAKEN_AT + 2 * MINUTE } }));
    const database = openC1z(file);
    const messagesOf = (table: 'v1_resources' | 'v1_grants', sync?: string) =>
      rows(database, table, sync).map(
        (row) => `${String(row['external_id'])} ${Buffer.from(row.data).toString('hex')}`,
      );
    const changed = (table: 'v1_resources' | 'v1_grants') => {
      const [old, now] = [messagesOf(table, before), messagesOf(table)];
      const id = (row: string) => row.split(' ')[0];
      return {
        gone: old.filter((row) => !now.includes(row)).map(id),
        come: now.filter((row) => !old.includes(row)).map(id),
      };
    };
    const ada = `account:${anAccount().id}`;
    expect(changed('v1_resources')).toEqual({ gone: [ada], come: [ada] });
    expect(changed('v1_grants')).toEqual({
      gone: [`role:admin:assigned:${ada}`],
      come: [`role:admin:assigned:account:${bob.id}`],
    });
  });
  it('can come from another file', async () => {
    const folder = freshFolder();
    const [first] = await exportTimes(join(folder, 'monday.c1z'), 1);
    const file = join(folder, 'tuesday.c1z');
    const source = snapshotSource(snapshotOf({}, TAKEN_AT + MINUTE));
    const { previousSyncId } = await writeC1z(
      source,
      options(file, { previous: join(folder, 'monday.c1z') }),
    );
    expect(previousSyncId).toBe(first);
    expect(readdirSync(folder).toSorted()).toEqual(['monday.c1z', 'tuesday.c1z']);
  });
  it('never ends after the new one, even if the clock went back', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    await exportTimes(file, 1);
    const [second] = await exportTimes(file, 1, TAKEN_AT - 3_600_000);
    expect(defaultSync(openC1z(file))).toBe(second);
  });
  it('is not kept if it was not finished', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    await exportTimes(file, 1);
    alter(file, 'update v1_sync_runs set ended_at = null');
    const { previousSyncId, syncId } = await again(file);
    expect(previousSyncId).toBeNull();
    expect(syncRuns(openC1z(file)).map((run) => run['sync_id'])).toEqual([syncId]);
  });
  it('is the newest finished one, in whatever order the file has them', async () => {
    const file = join(freshFolder(), 'sync.c1z');
    const [first] = await exportTimes(file, 2);
    alter(
      file,
      `update v1_sync_runs set ended_at = '2027-01-01 00:00:00.000000001' where sync_id = '${String(first)}'`,
    );
    const result = await again(file);
    expect(result.previousSyncId).toBe(first);
    expect(defaultSync(openC1z(file))).toBe(result.syncId);
  });
});

describe('an existing file that cannot be continued', () => {
  const spoil = (change: (bytes: Buffer) => Uint8Array) => (file: string) => {
    writeFileSync(file, change(readFileSync(file)));
  };
  it.each([
    ['an empty file', spoil(() => Buffer.alloc(0)), 'is not a c1z file'],
    ['a text', spoil(() => Buffer.from('C1ZF is not enough')), 'is not a c1z file'],
    ['version 3', spoil(() => Buffer.from('C1Z3\0...')), 'version 3'],
    ['nothing after the magic', spoil((bytes) => bytes.subarray(0, 5)), 'damaged or was cut off'],
    ['no zstd after the magic', spoil(() => Buffer.from('C1ZF\0and then a text')), 'damaged or was cut off'],
    ['cut off by a byte', spoil((bytes) => bytes.subarray(0, -1)), 'damaged or was cut off'],
    ['cut in the middle', spoil((bytes) => bytes.subarray(0, bytes.length / 2)), 'damaged or was cut off'],
    [
      'a byte changed',
      spoil((bytes) => {
        const at = bytes.length >> 1;
        return Buffer.concat([
          bytes.subarray(0, at),
          Buffer.of((bytes[at] ?? 0) ^ 1),
          bytes.subarray(at + 1),
        ]);
      }),
      'damaged or was cut off',
    ],
    [
      'no database inside',
      spoil(() => Buffer.concat([Buffer.from('C1ZF\0'), zstdCompressSync(Buffer.alloc(5_000, 'text'))])),
      'damaged database',
    ],
    [
      'a table missing',
      (file: string) => {
        alter(file, 'drop table v1_grants');
      },
      'another program (its table v1_grants',
    ],
    [
      'an unknown column',
      (file: string) => {
        alter(file, "alter table v1_sync_runs add column sync_type text not null default 'full'");
      },
      'another program (its table v1_sync_runs',
    ],
    [
      'an invalid time',
      (file: string) => {
        alter(file, "update v1_sync_runs set ended_at = 'yesterday'");
      },
      'time cannot be read',
    ],
  ])('%s: is reported with what to do, and stays unchanged', async (_, spoilt, message) => {
    const folder = freshFolder();
    const file = join(folder, 'sync.c1z');
    await exportTimes(file, 1);
    spoilt(file);
    const before = readFileSync(file);
    const files = readdirSync(folder);
    const refusal = again(file);
    await expect(refusal).rejects.toMatchObject({ code: 'conflict' });
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow('Move the file away');
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder)).toEqual(files);
  });
  it('is detected if any number of bytes is cut off', async () => {
    const folder = freshFolder();
    const whole = join(folder, 'whole.c1z');
    await exportTimes(whole, 1);
    const { length } = readFileSync(whole);
    for (let cut = 1; cut < length; cut += Math.ceil(length / 40)) {
      const file = join(folder, 'cut.c1z');
      cpSync(whole, file);
      writeFileSync(file, readFileSync(whole).subarray(0, length - cut));
      await expect(again(file)).rejects.toMatchObject({ code: 'conflict' });
    }
  });
});
