import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotSource } from '../../../src/feed/c1z/snapshot-source.ts';
import { writeC1z } from '../../../src/feed/c1z/write-c1z.ts';
import type { C1zSource } from '../../../src/feed/c1z/c1z-source.ts';
import { defaultSync, openC1z, rows, syncRuns, type MessageTable } from './read-c1z.ts';
import {
  ADA,
  ANALYSTS,
  BOB,
  aGrant,
  freshFolder,
  options,
  snapshotOf,
  WORKSPACE,
  TAKEN_AT,
} from './samples.ts';

const TABLES: readonly MessageTable[] = ['v1_resource_types', 'v1_resources', 'v1_entitlements', 'v1_grants'];

async function written(source: C1zSource = snapshotSource(snapshotOf())) {
  const file = join(freshFolder(), 'sync.c1z');
  const result = await writeC1z(source, options(file));
  return { file, result, bytes: readFileSync(file), database: openC1z(file) };
}

describe('the container of a c1z file', () => {
  it('has five magic bytes, then one zstd frame, and nothing after it', async () => {
    const { bytes, result } = await written();
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('C1ZF\0');
    expect(bytes.subarray(5, 9).toString('hex')).toBe('28b52ffd');
    expect(frameLength(bytes.subarray(5))).toBe(bytes.length - 5);
    expect(result.fileBytes).toBe(bytes.length);
  });
  it('has the size of its content, a window that every reader accepts, and no dictionary', async () => {
    const { bytes, result } = await written();
    const header = frameHeader(bytes.subarray(5));
    expect(header).toMatchObject({ contentSize: result.databaseBytes, dictionary: 0, checksum: true });
    expect(header.windowBytes).toBeLessThanOrEqual(128 * 1024 ** 2);
  });
  it('contains a SQLite database that needs no other file and has neither a version nor an application id', async () => {
    const { database } = await written();
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 0 });
    expect(database.prepare('pragma application_id').get()).toEqual({ application_id: 0 });
    expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'delete' });
  });
  it('leaves nothing else in the folder', async () => {
    const { file } = await written();
    expect(readdirSync(join(file, '..'))).toEqual(['sync.c1z']);
  });
});

describe('the tables of a c1z file', () => {
  it('have the columns of the oldest form', async () => {
    const { database } = await written();
    const columns = database
      .prepare(
        `select s.name as "table", group_concat(c.name || ' ' || lower(c.type) || iif(c."notnull", ' nn', ''), ', ') as columns
         from sqlite_schema s, pragma_table_info(s.name) c where s.type = 'table' group by s.name order by s.name`,
      )
      .all();
    const shared = 'data blob nn, sync_id text nn, discovered_at datetime nn';
    expect(Object.fromEntries(columns.map((row) => [row['table'], row['columns']]))).toEqual({
      v1_assets: `id integer, external_id text nn, content_type text nn, ${shared}`,
      v1_entitlements: `id integer, resource_type_id text nn, resource_id text nn, external_id text nn, ${shared}`,
      v1_grants:
        'id integer, resource_type_id text nn, resource_id text nn, entitlement_id text nn, ' +
        `principal_resource_type_id text nn, principal_resource_id text nn, external_id text nn, ${shared}`,
      v1_resource_types: `id integer, external_id text nn, ${shared}`,
      v1_resources:
        'id integer, resource_type_id text nn, external_id text nn, parent_resource_type_id text, ' +
        `parent_resource_id text, ${shared}`,
      v1_sync_runs:
        'id integer, sync_id text nn, started_at datetime nn, ended_at datetime, sync_token text nn',
    });
  });
  it('have indexes with the original names, two of which are swapped', async () => {
    const { database } = await written();
    const indexes = database
      .prepare(
        `select i.name as name, i."unique" as is_unique, s.name as "table",
           (select group_concat(name, ',') from pragma_index_info(i.name)) as columns
         from sqlite_schema s, pragma_index_list(s.name) i where s.type = 'table' order by i.name`,
      )
      .all()
      .map(
        (row) =>
          `${row['is_unique'] === 1 ? 'unique ' : ''}${String(row['name'])} ${String(row['table'])}(${String(row['columns'])})`,
      );
    expect(indexes).toEqual([
      'unique idx_assets_external_sync_v1 v1_assets(external_id,sync_id)',
      'unique idx_entitlements_external_sync_v1 v1_entitlements(external_id,sync_id)',
      'idx_entitlements_resource_id_v1 v1_entitlements(resource_type_id,resource_id)',
      'idx_grants_entitlement_id_principal_id_v1 ' +
        'v1_grants(entitlement_id,principal_resource_type_id,principal_resource_id)',
      'unique idx_grants_external_sync_v1 v1_grants(external_id,sync_id)',
      'idx_grants_principal_id_v1 v1_grants(principal_resource_type_id,principal_resource_id)',
      'unique idx_resource_types_external_sync_v1 v1_resource_types(external_id,sync_id)',
      'idx_resources_external_sync_v1 v1_resources(parent_resource_type_id,parent_resource_id)',
      'unique idx_resources_parent_resource_id_v1 v1_resources(external_id,sync_id)',
      'idx_resources_resource_type_id_v1 v1_resources(resource_type_id)',
      'unique idx_sync_runs_sync_id_v1 v1_sync_runs(sync_id)',
    ]);
  });
  it('have integer primary keys in the order of the snapshot', async () => {
    const { database } = await written();
    const ids = (table: MessageTable) => rows(database, table).map((row) => row['external_id']);
    expect(ids('v1_resources')).toEqual([
      ...WORKSPACE.accounts.map(({ id }) => `account:${id}`),
      `group:${ANALYSTS}`,
      'role:admin',
      'collection:cccc00000001',
      'data_source:dddd00000001',
    ]);
    expect(ids('v1_entitlements')).toEqual(WORKSPACE.entitlements.map(({ id }) => id));
    const keys = database.prepare("select sql from sqlite_schema where type = 'table'").all();
    for (const { sql } of keys) expect(String(sql).toLowerCase()).toContain('(id integer primary key,');
  });
  it('have the ids of each message in its row', async () => {
    const { database } = await written();
    for (const row of rows(database, 'v1_resource_types')) expect(row['external_id']).toBe(row.message['id']);
    for (const row of rows(database, 'v1_resources')) {
      const { resource_type: type, resource } = row.message['id'] as Record<string, string>;
      expect(row).toMatchObject({ resource_type_id: type, external_id: `${type}:${resource}` });
      expect(row).toMatchObject({ parent_resource_type_id: null, parent_resource_id: null });
    }
    for (const row of rows(database, 'v1_entitlements')) {
      const of = (row.message['resource'] as Record<string, unknown>)['id'] as Record<string, string>;
      expect(row['external_id']).toBe(row.message['id']);
      expect(row).toMatchObject({ resource_type_id: of['resource_type'], resource_id: of['resource'] });
    }
    for (const row of rows(database, 'v1_grants')) {
      expect(row['external_id']).toBe(row.message['id']);
      expect(row.message).toMatchObject({
        entitlement: {
          id: row['entitlement_id'],
          resource: { id: { resource_type: row['resource_type_id'], resource: row['resource_id'] } },
        },
        principal: {
          id: { resource_type: row['principal_resource_type_id'], resource: row['principal_resource_id'] },
        },
      });
    }
  });
});

describe('what readers of a c1z file rely on', () => {
  it('the id of the sync is a KSUID, and every row has it', async () => {
    const { database, result } = await written();
    expect(result.syncId).toMatch(/^[0-9A-Za-z]{27}$/);
    for (const table of TABLES) {
      const ids = database.prepare(`select distinct sync_id from ${table}`).all();
      expect(ids).toEqual([{ sync_id: result.syncId }]);
    }
  });
  it('the sync is finished: its end is in UTC, with nanoseconds and without a time zone', async () => {
    const { database, result } = await written();
    expect(syncRuns(database)).toEqual([
      {
        id: 1,
        sync_id: result.syncId,
        started_at: '2026-11-21 10:00:00.250000000',
        ended_at: '2026-11-21 10:00:01.750000000',
        sync_token: '',
      },
    ]);
    expect(rows(database, 'v1_grants')[0]?.['discovered_at']).toBe('2026-11-21 10:00:00.250000000');
  });
  it('the entitlement, its resource, its type and the principal of each grant are complete', async () => {
    const { database } = await written();
    const types = new Set(rows(database, 'v1_resource_types').map((row) => row['external_id']));
    const resources = new Map(rows(database, 'v1_resources').map((row) => [row['external_id'], row.message]));
    const entitlements = new Set(rows(database, 'v1_entitlements').map((row) => row['external_id']));
    for (const row of rows(database, 'v1_grants')) {
      expect(entitlements).toContain(row['entitlement_id']);
      expect(types).toContain(row['resource_type_id']);
      expect(resources.has(`${String(row['resource_type_id'])}:${String(row['resource_id'])}`)).toBe(true);
      const principal = `${String(row['principal_resource_type_id'])}:${String(row['principal_resource_id'])}`;
      expect(resources.has(principal)).toBe(true);
    }
    for (const { message, ...row } of rows(database, 'v1_entitlements')) {
      expect(message['resource']).toEqual(
        resources.get(`${String(row['resource_type_id'])}:${String(row['resource_id'])}`),
      );
    }
  });
  it('deactivated people are included', async () => {
    const { database } = await written();
    const found = rows(database, 'v1_resources').find((row) => row['external_id'] === `account:${BOB}`);
    expect(found?.message['status']).toEqual({ status: 2, details: 'former' });
  });
  it('the bytes of a grant to a group contain the entitlement of its members', async () => {
    const { database } = await written();
    const id = `collection:cccc00000001:view:group:${ANALYSTS}`;
    const found = rows(database, 'v1_grants').find((row) => row['external_id'] === id);
    expect(found?.message['annotations']).toEqual([
      {
        '@type': 'c1.connector.v2.GrantExpandable',
        entitlement_ids: [`group:${ANALYSTS}:member`],
        resource_type_ids: ['account'],
      },
    ]);
  });
  it('ids have the form of the feed', async () => {
    const { database } = await written();
    const ids = rows(database, 'v1_grants').map(({ message }) => message['id']);
    expect(ids).toContain(`group:${ANALYSTS}:member:account:${ADA}`);
    expect(ids).toContain(`role:admin:assigned:account:${ADA}`);
  });
  it('the same input at the same time gives the same bytes', async () => {
    const [one, two] = [await written(), await written()];
    expect(sha(one.bytes)).toBe(sha(two.bytes));
  });
  it('two syncs have different ids with the default randomness', async () => {
    const folder = freshFolder();
    const write = async (name: string) => {
      const { file, clock } = options(join(folder, name));
      return (await writeC1z(snapshotSource(snapshotOf()), { file, clock })).syncId;
    };
    expect(await write('a.c1z')).not.toBe(await write('b.c1z'));
  });
  it('a workspace without people also gives a finished sync', async () => {
    const empty = { accounts: [], groups: [], resources: [], entitlements: [], grants: [] };
    const { database, result } = await written(snapshotSource(snapshotOf(empty)));
    expect(result).toMatchObject({ resources: 1, entitlements: 0, grants: 0, previousSyncId: null });
    expect(defaultSync(database)).toBe(result.syncId);
  });
});

describe('an inconsistent source', () => {
  it.each([
    ['a grant of a missing entitlement', { grants: [aGrant('group:gone:member')] }, 'group:gone:member'],
    [
      'a grant to a missing principal',
      { grants: [aGrant('role:admin:assigned', { principal: { type: 'account', id: 'gone' } })] },
      'account:gone',
    ],
    ['an entitlement of a resource that is not there', { groups: [] }, `group:${ANALYSTS}`],
    [
      'two grants with the same id',
      { grants: [aGrant('role:admin:assigned'), aGrant('role:admin:assigned')] },
      'UNIQUE constraint failed: v1_grants',
    ],
    ['an id that readers do not take', { roles: [{ id: 'x'.repeat(1_025), name: 'X' }] }, '1024 bytes'],
  ])('%s: is rejected, and leaves no file', async (_, changes, message) => {
    const file = join(freshFolder(), 'sync.c1z');
    await expect(writeC1z(snapshotSource(snapshotOf(changes)), options(file))).rejects.toThrow(message);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });
  it('a source that fails in the middle leaves no file', async () => {
    const source: C1zSource = {
      ...snapshotSource(snapshotOf()),
      // eslint-disable-next-line require-yield, @typescript-eslint/require-await
      grants: async function* () {
        throw new Error('The snapshot is gone.');
      },
    };
    const file = join(freshFolder(), 'sync.c1z');
    await expect(writeC1z(source, options(file))).rejects.toThrow('The snapshot is gone.');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });
  it.each([
    ['before the indexes are made', () => Promise.resolve()],
    ['while the indexes are made', () => new Promise((resolve) => setImmediate(resolve))],
  ])('a stop %s leaves no file', async (_, moment) => {
    const file = join(freshFolder(), 'sync.c1z');
    const stop = new AbortController();
    // The time of the end is read after all rows are added. Then only indexing and compression follow.
    const now = () => {
      void moment().then(() => {
        stop.abort(new Error('Stopped.'));
      });
      return TAKEN_AT;
    };
    const stopped = writeC1z(
      snapshotSource(snapshotOf()),
      options(file, { signal: stop.signal, clock: { now } }),
    );
    await expect(stopped).rejects.toThrow('Stopped.');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });
  it('a stop during the grants leaves no file', async () => {
    const stop = new AbortController();
    const source: C1zSource = {
      ...snapshotSource(snapshotOf()),
      grants: async function* () {
        stop.abort(new Error('Stopped.'));
        yield* snapshotSource(snapshotOf()).grants();
      },
    };
    const file = join(freshFolder(), 'sync.c1z');
    await expect(writeC1z(source, options(file, { signal: stop.signal }))).rejects.toThrow('Stopped.');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });
});

/** RFC 8878, section 3.1.1.1. */
function frameHeader(frame: Buffer) {
  const descriptor = frame.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  let at = 5;
  const window = single ? undefined : frame.readUInt8(at++);
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const dictionary = dictionaryBytes === 0 ? 0 : frame.readUIntLE(at, dictionaryBytes);
  at += dictionaryBytes;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const size = sizeBytes === 8 ? Number(frame.readBigUInt64LE(at)) : frame.readUIntLE(at, sizeBytes);
  const contentSize = sizeBytes === 2 ? size + 256 : size;
  const exponent = 10 + ((window ?? 0) >> 3);
  const windowBytes = window === undefined ? contentSize : 2 ** exponent * (1 + (window & 7) / 8);
  const checksum = (descriptor & 4) !== 0;
  return { contentSize, dictionary, windowBytes, checksum, headerBytes: at + sizeBytes };
}

/** Finds the end of a frame through its blocks. */
function frameLength(frame: Buffer): number {
  const { headerBytes, checksum } = frameHeader(frame);
  for (let at = headerBytes; ;) {
    const block = frame.readUIntLE(at, 3);
    const isRun = ((block >> 1) & 3) === 1;
    at += 3 + (isRun ? 1 : block >> 3);
    if ((block & 1) === 1) return at + (checksum ? 4 : 0);
  }
}

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
