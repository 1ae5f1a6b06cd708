/** The three documents by which a client learns what the bridge can do (RFC 7644 section 4). */
import { MAX_OPERATIONS } from '../bulk/parse-bulk.ts';
import { CURSOR_TIMEOUT_SECONDS } from '../paging/cursor.ts';
import { DEFAULT_COUNT, MAX_COUNT } from '../paging/list-request.ts';
import {
  entitlementDefinition,
  modeGroupDefinition,
  modeUserDefinition,
  roleDefinition,
} from './mode-schemas.ts';
import { enterpriseDefinition, groupSchema, userSchema, type Definition } from './resource-schema.ts';
import {
  ENTERPRISE,
  ENTITLEMENT,
  GROUP,
  MODE_GROUP,
  MODE_USER,
  OKTA_ENTITLEMENT,
  OKTA_ROLE,
  RESOURCE_TYPE,
  ROLE,
  SERVICE_PROVIDER_CONFIG,
  USER,
} from './urns.ts';

/** The limit of every body, which is what a bulk request is in. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * @param base of the SCIM service, e.g. https://host/scim/v2
 * @param eventUris types of events that are told (RFC 9967 section 4); none: there are no events
 */
export function serviceProviderConfig(base: string, eventUris: readonly string[]) {
  return {
    schemas: [SERVICE_PROVIDER_CONFIG],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: MAX_OPERATIONS, maxPayloadSize: MAX_PAYLOAD_BYTES },
    filter: { supported: true, maxResults: MAX_COUNT },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    // RFC 9865
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: DEFAULT_COUNT,
      maxPageSize: MAX_COUNT,
      cursorTimeout: CURSOR_TIMEOUT_SECONDS,
    },
    // draft-ietf-scim-roles-entitlements
    RolesAndEntitlements: {
      roles: {
        supported: true,
        multipleRolesSupported: false,
        primarySupported: false,
        typeSupported: false,
        types: ['workspace'],
      },
      entitlements: {
        supported: true,
        multipleEntitlementsSupported: true,
        primarySupported: false,
        typeSupported: true,
        types: ['role', 'group'],
      },
    },
    ...(eventUris.length === 0 ? {} : { securityEvents: { asyncRequest: 'none', eventUris } }),
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token of the bridge in the header Authorization: Bearer <token>',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** Roles and entitlements are there twice: under the draft's schema, and under Okta's, which looks for its own. */
export function resourceTypes(base: string) {
  const type = (
    { id, name, description, schema }: { id: string; name: string; description: string; schema: string },
    extensions: readonly string[] = [],
  ) => ({
    schemas: [RESOURCE_TYPE],
    id,
    name,
    endpoint: name === 'Entitlement' ? '/Entitlements' : `/${name}s`,
    description,
    schema,
    schemaExtensions: extensions.map((urn) => ({ schema: urn, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  });
  const role = { name: 'Role', description: 'Roles in the Mode workspace' };
  const entitlement = { name: 'Entitlement', description: 'What people may do in the Mode workspace' };
  return [
    type({ id: 'User', name: 'User', description: 'People of the Mode workspace', schema: USER }, [
      ENTERPRISE,
      MODE_USER,
    ]),
    type({ id: 'Group', name: 'Group', description: 'Groups of the Mode workspace', schema: GROUP }, [
      MODE_GROUP,
    ]),
    type({ ...role, id: 'Role', schema: ROLE }),
    type({ ...role, id: 'OktaRole', schema: OKTA_ROLE }),
    type({ ...entitlement, id: 'Entitlement', schema: ENTITLEMENT }),
    type({ ...entitlement, id: 'OktaEntitlement', schema: OKTA_ENTITLEMENT }),
  ];
}

export function schemas(base: string) {
  const own = [
    userSchema.definition,
    groupSchema.definition,
    enterpriseDefinition,
    modeUserDefinition,
    modeGroupDefinition,
    roleDefinition,
    entitlementDefinition,
  ]
    .map((definition) => plain(definition, base))
    .map((described) => (described.id === GROUP ? groupAsItIs(described) : described));
  const under = (urn: string, definition: Definition) => {
    const meta = { resourceType: 'Schema', location: `${base}/Schemas/${urn}` };
    return { ...plain(definition, base), id: urn, meta };
  };
  return [...own, under(OKTA_ROLE, roleDefinition), under(OKTA_ENTITLEMENT, entitlementDefinition)];
}

interface Described {
  readonly id: string;
  readonly attributes: readonly { readonly name: string }[];
}

/** scimmy's attributes write themselves as JSON; what they are not is a plain document. */
function plain(definition: Definition, base: string): Described {
  return JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as Described;
}

/** The standard's group, but for what is narrower here: names are unique, and members are people. */
function groupAsItIs(group: Described): Described {
  const part = ({ name, ...rest }: { readonly name: string }) => {
    if (name === 'type') return { name, ...rest, canonicalValues: ['User'] };
    return name === '$ref' ? { name, ...rest, referenceTypes: ['User'] } : { name, ...rest };
  };
  const attributes = group.attributes.map((attribute) => {
    if (attribute.name === 'displayName') return { ...attribute, required: true, uniqueness: 'server' };
    if (attribute.name !== 'members' || !('subAttributes' in attribute)) return attribute;
    return { ...attribute, subAttributes: (attribute.subAttributes as { name: string }[]).map(part) };
  });
  return { ...group, attributes };
}
