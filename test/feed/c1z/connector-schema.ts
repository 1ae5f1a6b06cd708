/**
 * The messages of a c1z file, from the published .proto files: field number, name, type. After a type, `*` means repeated,
 * `{}` a map with text keys, and `?` a field of a oneof, which is written even if it is empty.
 */
export type MessageSchema = Readonly<Record<number, readonly [name: string, type: string]>>;

const C1 = 'c1.connector.v2.';
const GOOGLE = 'google.protobuf.';

export const SCHEMA: Readonly<Record<string, MessageSchema>> = {
  [`${C1}ResourceType`]: {
    1: ['id', 'string'],
    2: ['display_name', 'string'],
    3: ['traits', 'enum*'],
    4: ['annotations', `${GOOGLE}Any*`],
    5: ['description', 'string'],
    6: ['sourced_externally', 'bool'],
  },
  [`${C1}ResourceId`]: {
    1: ['resource_type', 'string'],
    2: ['resource', 'string'],
    3: ['baton_resource', 'bool'],
  },
  [`${C1}Resource`]: {
    1: ['id', `${C1}ResourceId`],
    2: ['parent_resource_id', `${C1}ResourceId`],
    3: ['display_name', 'string'],
    4: ['annotations', `${GOOGLE}Any*`],
    5: ['description', 'string'],
    6: ['baton_resource', 'bool'],
    9: ['profile', `${GOOGLE}Struct`],
    11: ['status', `${C1}Status`],
    12: ['created_at', `${GOOGLE}Timestamp`],
  },
  [`${C1}Status`]: { 1: ['status', 'enum'], 2: ['details', 'string'] },
  [`${C1}Entitlement`]: {
    1: ['resource', `${C1}Resource`],
    2: ['id', 'string'],
    3: ['display_name', 'string'],
    4: ['description', 'string'],
    5: ['grantable_to', `${C1}ResourceType*`],
    6: ['annotations', `${GOOGLE}Any*`],
    7: ['purpose', 'enum'],
    8: ['slug', 'string'],
  },
  [`${C1}Grant`]: {
    1: ['entitlement', `${C1}Entitlement`],
    2: ['principal', `${C1}Resource`],
    3: ['id', 'string'],
    4: ['annotations', `${GOOGLE}Any*`],
    5: ['sources', `${C1}GrantSources`],
  },
  [`${C1}GrantSources`]: { 1: ['sources', `${C1}GrantSource{}`] },
  [`${C1}GrantSource`]: { 1: ['is_direct', 'bool'] },
  [`${C1}UserTrait`]: {
    1: ['emails', `${C1}Email*`],
    2: ['status', `${C1}Status`],
    3: ['profile', `${GOOGLE}Struct`],
    5: ['account_type', 'enum'],
    6: ['login', 'string'],
    7: ['login_aliases', 'string*'],
    8: ['created_at', `${GOOGLE}Timestamp`],
    9: ['last_login', `${GOOGLE}Timestamp`],
    12: ['structured_name', `${C1}StructuredName`],
    13: ['employee_ids', 'string*'],
  },
  [`${C1}Email`]: { 1: ['address', 'string'], 2: ['is_primary', 'bool'] },
  [`${C1}StructuredName`]: { 1: ['given', 'string'], 2: ['family', 'string'], 3: ['middle', 'string*'] },
  [`${C1}GroupTrait`]: { 2: ['profile', `${GOOGLE}Struct`] },
  [`${C1}RoleTrait`]: { 1: ['profile', `${GOOGLE}Struct`] },
  [`${C1}RawId`]: { 1: ['id', 'string'] },
  [`${C1}GrantExpandable`]: {
    1: ['entitlement_ids', 'string*'],
    2: ['shallow', 'bool'],
    3: ['resource_type_ids', 'string*'],
  },
  [`${C1}GrantMetadata`]: { 1: ['metadata', `${GOOGLE}Struct`] },
  [`${GOOGLE}Any`]: { 1: ['type_url', 'string'], 2: ['value', 'bytes'] },
  [`${GOOGLE}Struct`]: { 1: ['fields', `${GOOGLE}Value{}`] },
  [`${GOOGLE}Value`]: {
    2: ['number_value', 'double?'],
    3: ['string_value', 'string?'],
    4: ['bool_value', 'bool?'],
  },
  [`${GOOGLE}Timestamp`]: { 1: ['seconds', 'int64'], 2: ['nanos', 'int32'] },
};
