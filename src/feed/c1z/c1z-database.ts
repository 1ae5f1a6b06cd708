/**
 * The database inside a c1z file, while it is made. This is no store of the bridge's: SQLite is the file's format, as
 * JSON is another's, so the statements are here and not in src/store.
 *
 * Nothing but a finished file matters, so there is one transaction without a journal, and memory stays at the cache.
 */
import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { columnsOf, CREATE_TABLES, SYNC_RUNS, timeText, type DataTable } from './c1z-tables.ts';
import type { ResourceKey } from './c1z-source.ts';

const CACHE_KIB = 32 * 1024;

export interface SyncRun {
  readonly syncId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface C1zDatabase {
  readonly connection: DatabaseSync;
  /** Everything added after it is of this sync. */
  beginSync(run: SyncRun): void;
  addResourceType(id: string, data: Uint8Array): void;
  addResource(key: ResourceKey, data: Uint8Array): void;
  /** As it was added to this sync; undefined when it was not. */
  resource(key: ResourceKey): Uint8Array | undefined;
  addEntitlement(id: string, of: ResourceKey, data: Uint8Array): void;
  addGrant(
    id: string,
    of: ResourceKey,
    entitlementId: string,
    principal: ResourceKey,
    data: Uint8Array,
  ): void;
  /** @param endedAt milliseconds since the epoch */
  endSync(endedAt: number): void;
  /** Commits. What is missing then are the indexes of the grants (index-grants.ts). */
  close(): void;
  /** Closes what failed; the file is worth nothing then. */
  discard(): void;
}

export function createC1zDatabase(file: string): C1zDatabase {
  const connection = openUnsafely(file);
  for (const statement of CREATE_TABLES) connection.exec(statement);

  const run = inserter(connection, SYNC_RUNS);
  const type = inserter(connection, 'v1_resource_types');
  const resource = inserter(connection, 'v1_resources');
  const entitlement = inserter(connection, 'v1_entitlements');
  const grant = inserter(connection, 'v1_grants');
  const found = connection.prepare('select data from v1_resources where external_id = ? and sync_id = ?');
  const ended = connection.prepare('update v1_sync_runs set ended_at = ? where sync_id = ?');
  let syncId = '';
  let discoveredAt = '';

  return {
    connection,
    beginSync: (begun) => {
      connection.exec('begin');
      syncId = begun.syncId;
      discoveredAt = timeText(begun.startedAt);
      run.run(syncId, discoveredAt, null, '');
    },
    addResourceType: (id, data) => {
      type.run(id, data, syncId, discoveredAt);
    },
    addResource: (key, data) => {
      resource.run(key.type, externalId(key), null, null, data, syncId, discoveredAt);
    },
    resource: (key) => found.get(externalId(key), syncId)?.['data'] as Uint8Array | undefined,
    addEntitlement: (id, of, data) => {
      entitlement.run(of.type, of.id, id, data, syncId, discoveredAt);
    },
    addGrant: (id, of, entitlementId, principal, data) => {
      const { type: principalType, id: principalId } = principal;
      grant.run(of.type, of.id, entitlementId, principalType, principalId, id, data, syncId, discoveredAt);
    },
    endSync: (endedAt) => {
      ended.run(timeText(endedAt), syncId);
    },
    close: () => {
      connection.exec('commit');
      connection.close();
    },
    discard: () => {
      if (connection.isOpen) connection.close();
    },
  };
}

/** A file of which nothing matters until it is finished. */
export function openUnsafely(file: string): DatabaseSync {
  const connection = new DatabaseSync(file);
  // It tells of people.
  chmodSync(file, 0o600);
  connection.exec('pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive');
  connection.exec(`pragma cache_size = -${CACHE_KIB}`);
  return connection;
}

interface Inserter {
  run(...values: SQLInputValue[]): unknown;
}

function inserter(connection: DatabaseSync, table: DataTable | typeof SYNC_RUNS): Inserter {
  const columns = columnsOf(table);
  const places = columns.map(() => '?').join(', ');
  return connection.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`);
}

/** How v1_resources names a resource. */
export function externalId({ type, id }: ResourceKey): string {
  return `${type}:${id}`;
}
