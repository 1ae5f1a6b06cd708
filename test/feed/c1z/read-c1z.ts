/** Reads a c1z file: five bytes, one zstd frame, a SQLite database, protobuf in `data`. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { decodeMessage, type Decoded } from './decode-message.ts';

const MESSAGES = {
  v1_resource_types: 'c1.connector.v2.ResourceType',
  v1_resources: 'c1.connector.v2.Resource',
  v1_entitlements: 'c1.connector.v2.Entitlement',
  v1_grants: 'c1.connector.v2.Grant',
} as const;
export type MessageTable = keyof typeof MESSAGES;

export type Row = Record<string, unknown> & { readonly data: Uint8Array; readonly message: Decoded };

/** The database inside; the caller closes it. */
export function openC1z(file: string): DatabaseSync {
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 5).toString('hex') !== '43315a4600') throw new Error('Not a c1z file');
  const database = join(mkdtempSync(join(tmpdir(), 'c1z-read-')), 'c1z.db');
  writeFileSync(database, zstdDecompressSync(bytes.subarray(5)));
  return new DatabaseSync(database, { readOnly: true });
}

/** The default sync of readers: the newest one that has ended. */
export function defaultSync(database: DatabaseSync): string {
  const run = database
    .prepare(
      'select sync_id from v1_sync_runs where ended_at is not null order by ended_at desc, sync_id desc',
    )
    .get();
  return String(run?.['sync_id']);
}

export function syncRuns(database: DatabaseSync): Record<string, unknown>[] {
  return database.prepare('select * from v1_sync_runs order by id').all();
}

/** Rows in order of id. */
export function rows(database: DatabaseSync, table: MessageTable, syncId = defaultSync(database)): Row[] {
  return database
    .prepare(`select * from ${table} where sync_id = ? order by id`)
    .all(syncId)
    .map((row) => {
      const data = row['data'] as Uint8Array;
      return { ...row, data, message: decodeMessage(MESSAGES[table], data) };
    });
}
