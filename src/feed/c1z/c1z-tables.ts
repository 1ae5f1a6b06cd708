/**
 * The tables of a c1z file in their oldest form: newer readers add what is missing to their own copy, and older readers know
 * no other form. The names of two indexes of v1_resources are swapped, as in the original: otherwise a reader that opens
 * the file for writing would create them again under the names that it expects.
 */
export const SYNC_RUNS = 'v1_sync_runs';

/** Every table with its columns, in order, except `id integer primary key`. The id of a row is its position in lists. */
const COLUMNS = {
  v1_resource_types: ['external_id text not null'],
  v1_resources: [
    'resource_type_id text not null',
    'external_id text not null',
    'parent_resource_type_id text',
    'parent_resource_id text',
  ],
  v1_entitlements: [
    'resource_type_id text not null',
    'resource_id text not null',
    'external_id text not null',
  ],
  v1_grants: [
    'resource_type_id text not null',
    'resource_id text not null',
    'entitlement_id text not null',
    'principal_resource_type_id text not null',
    'principal_resource_id text not null',
    'external_id text not null',
  ],
  v1_assets: ['external_id text not null', 'content_type text not null'],
} as const;

export type DataTable = keyof typeof COLUMNS;
export const DATA_TABLES = Object.keys(COLUMNS) as DataTable[];

const DATA = ['data blob not null', 'sync_id text not null', 'discovered_at datetime not null'];
const RUN = [
  'sync_id text not null',
  'started_at datetime not null',
  'ended_at datetime',
  'sync_token text not null',
];

const INDEXES = [
  'unique index idx_resource_types_external_sync_v1 on v1_resource_types (external_id, sync_id)',
  'index idx_resources_resource_type_id_v1 on v1_resources (resource_type_id)',
  'index idx_resources_external_sync_v1 on v1_resources (parent_resource_type_id, parent_resource_id)',
  'unique index idx_resources_parent_resource_id_v1 on v1_resources (external_id, sync_id)',
  'index idx_entitlements_resource_id_v1 on v1_entitlements (resource_type_id, resource_id)',
  'unique index idx_entitlements_external_sync_v1 on v1_entitlements (external_id, sync_id)',
  'index idx_grants_principal_id_v1 on v1_grants (principal_resource_type_id, principal_resource_id)',
  'index idx_grants_entitlement_id_principal_id_v1 on v1_grants ' +
    '(entitlement_id, principal_resource_type_id, principal_resource_id)',
  'unique index idx_grants_external_sync_v1 on v1_grants (external_id, sync_id)',
  'unique index idx_assets_external_sync_v1 on v1_assets (external_id, sync_id)',
  'unique index idx_sync_runs_sync_id_v1 on v1_sync_runs (sync_id)',
];

const isOfGrants = (index: string) => index.includes(' on v1_grants ');

/** The tables, with the indexes of all tables except the grants. */
export const CREATE_TABLES: readonly string[] = [
  ...DATA_TABLES.map((table) => create(table, [...COLUMNS[table], ...DATA])),
  create(SYNC_RUNS, RUN),
  ...INDEXES.filter((index) => !isOfGrants(index)).map((index) => `create ${index}`),
];

/** Created after all grants are added: sorting a million at once is faster than inserting each. */
export const CREATE_GRANT_INDEXES: readonly string[] = INDEXES.filter(isOfGrants).map(
  (index) => `create ${index}`,
);

/** The names of a table's columns, without `id`. */
export function columnsOf(table: DataTable | typeof SYNC_RUNS): readonly string[] {
  const columns = table === SYNC_RUNS ? RUN : [...COLUMNS[table], ...DATA];
  return columns.map((column) => column.slice(0, column.indexOf(' ')));
}

/**
 * Converts an instant to the text of these tables. It has no time zone and is always UTC.
 * @param at milliseconds since the epoch
 */
export function timeText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '000000');
}

/** @returns milliseconds since the epoch; null for any other text */
export function timeOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?$/.test(text)) return null;
  const at = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? null : at;
}

function create(table: string, columns: readonly string[]): string {
  return `create table ${table} (id integer primary key, ${columns.join(', ')})`;
}
