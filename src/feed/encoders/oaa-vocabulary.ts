/** Maps entitlements to permissions of Veza, and defines the properties that are specific to Mode. */
import type { ResourceType } from '../model.ts';

export const APPLICATION_TYPE = 'Mode';

/** Veza's kinds of access. */
type Access =
  | 'DataRead'
  | 'DataWrite'
  | 'DataCreate'
  | 'DataDelete'
  | 'MetadataRead'
  | 'MetadataWrite'
  | 'MetadataCreate'
  | 'MetadataDelete'
  | 'NonData';

export interface OaaPermission {
  readonly name: string;
  readonly permission_type: readonly Access[];
  readonly apply_to_sub_resources: boolean;
  readonly resource_types: readonly string[];
}

const VIEW: readonly Access[] = ['DataRead', 'MetadataRead'];
const MANAGE: readonly Access[] = ['MetadataRead', 'MetadataWrite', 'MetadataDelete'];

/** The permission of the admin role. An admin manages access; reading data needs permissions, as for other people. */
const ADMINISTER = permission('Administer workspace', [...MANAGE, 'MetadataCreate', 'NonData'], []);

const PERMISSIONS: Readonly<Record<'collection' | 'data_source', Readonly<Record<string, OaaPermission>>>> = {
  collection: {
    view: permission('View collection', VIEW, ['collection']),
    edit: permission('Edit collection', [...VIEW, 'DataWrite', 'DataCreate', 'DataDelete'], ['collection']),
  },
  data_source: {
    view: permission('View data source', ['MetadataRead'], ['data_source']),
    query: permission('Query data source', VIEW, ['data_source']),
    manage: permission('Manage data source', ['DataRead', ...MANAGE], ['data_source']),
  },
};

export const ALL_PERMISSIONS: readonly OaaPermission[] = [
  ADMINISTER,
  ...Object.values(PERMISSIONS.collection),
  ...Object.values(PERMISSIONS.data_source),
];

export const ROLE_PERMISSIONS: readonly string[] = [ADMINISTER.name];

/** @returns undefined for a level without a permission here */
export function permissionName(type: ResourceType, slug: string): string | undefined {
  return type === 'collection' || type === 'data_source' ? PERMISSIONS[type][slug]?.name : undefined;
}

/** Veza accepts only letters and underscores in names. */
export const PROPERTY_DEFINITIONS = {
  application_type: APPLICATION_TYPE,
  application_properties: { snapshot: 'STRING', taken_at: 'TIMESTAMP' },
  local_user_properties: {
    mode_state: 'STRING',
    owned_by_idp: 'BOOLEAN',
    wanted_by_idp: 'BOOLEAN',
    managed_by_mode_scim: 'BOOLEAN',
  },
  local_group_properties: { owned_by_idp: 'BOOLEAN' },
  local_role_properties: {},
  resources: [],
} as const;

function permission(
  name: string,
  access: readonly Access[],
  resourceTypes: readonly string[],
): OaaPermission {
  return {
    name,
    permission_type: access,
    apply_to_sub_resources: false,
    resource_types: resourceTypes,
  };
}
