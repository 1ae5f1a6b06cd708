/**
 * Creates the database inside a c1z file. It is not a store of the bridge: SQLite is the format of the file, so the
 * statements are here and not in src/store.
 *
 * Only the finished file matters, so there is one transaction without a journal. Memory is limited by the cache.
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
  /** Everything that is added from now on belongs to this sync. */
  beginSync(run: SyncRun): void;
  addResourceType(id: string, data: Uint8Array): void;
  addResource(key: ResourceKey, data: Uint8Array): void;
  /** The resource as it was added to this sync; undefined if it was not added. */
  resource(key: ResourceKey): Uint8Array | undefined;
  addEntitlement(id: string, resource: ResourceKey, data: Uint8Array): void;
  addGrant(
    id: string,
    resource: ResourceKey,
    entitlementId: string,
    principal: ResourceKey,
    data: Uint8Array,
  ): void;
  /** @param endedAt milliseconds since the epoch */
  endSync(endedAt: number): void;
  /** Commits. Only the indexes of the grants are still missing (index-grants.ts). */
  close(): void;
  /** Closes the database after a failure. The file is not usable. */
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
    addEntitlement: (id, { type: resourceType, id: resourceId }, data) => {
      entitlement.run(resourceType, resourceId, id, data, syncId, discoveredAt);
    },
    addGrant: (id, { type: resourceType, id: resourceId }, entitlementId, principal, data) => {
      const ids = [resourceType, resourceId, entitlementId, principal.type, principal.id, id];
      grant.run(...ids, data, syncId, discoveredAt);
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

/** Opens a file without protection against a crash: an unfinished file is deleted. */
export function openUnsafely(file: string): DatabaseSync {
  const connection = new DatabaseSync(file);
  // The file contains personal data.
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

/** The id of a resource in v1_resources. */
export function externalId({ type, id }: ResourceKey): string {
  return `${type}:${id}`;
}
