/** The columns of a group: the table, a row from a group, and a group from a row. */
import type { Selectable } from 'kysely';
import type { Group } from '../../directory/group/group.ts';
import { slotsOf } from '../engine/prepared.ts';
import { nameKey } from './keys.ts';

export interface GroupsTable {
  id: string;
  workspace: string;
  owner_id: string | null;
  display_name: string;
  display_name_key: string;
  external_id: string | null;
  document: string;
  version: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

type GroupRow = Omit<GroupsTable, 'deleted_at'>;

export function groupRow(group: Group): GroupRow {
  return {
    id: group.id,
    workspace: group.workspace,
    owner_id: group.ownerId,
    display_name: group.displayName,
    display_name_key: nameKey(group.displayName),
    external_id: group.externalId,
    document: group.document,
    version: group.version,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
  };
}

/** The columns of a group. */
export const GROUP_COLUMNS = [
  'id',
  'workspace',
  'owner_id',
  'display_name',
  'external_id',
  'document',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof GroupsTable)[];

/** A slot for each column of `groupRow`, named as the column. */
export function groupSlots(): GroupRow {
  return slotsOf<GroupRow>([...GROUP_COLUMNS, 'display_name_key']);
}

export function toGroup(row: Pick<Selectable<GroupsTable>, (typeof GROUP_COLUMNS)[number]>): Group {
  return {
    id: row.id,
    workspace: row.workspace,
    ownerId: row.owner_id,
    displayName: row.display_name,
    externalId: row.external_id,
    document: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
