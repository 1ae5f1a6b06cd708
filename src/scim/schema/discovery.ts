/** The three discovery documents (RFC 7644 section 4). */
import { MAX_OPERATIONS } from '../bulk/parse-bulk.ts';
import { CURSOR_TIMEOUT_SECONDS } from '../paging/cursor.ts';
import { DEFAULT_COUNT, MAX_COUNT } from '../paging/list-request.ts';
import { DISCOVERY_SCOPES, type DiscoveryScope } from '../profile/answer-shapes.ts';
import {
  entitlementDefinition,
  modeGroupDefinition,
  modeUserDefinition,
  oktaEntitlementDefinition,
  oktaRoleDefinition,
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

/** draft-ietf-scim-roles-entitlements section 3.1. All roles and entitlements that the IdP sends are stored. */
const ROLES_AND_ENTITLEMENTS = {
  roles: {
    supported: true,
    multipleRolesSupported: true,
    primarySupported: true,
    typeSupported: true,
    types: ['workspace'],
  },
  entitlements: {
    supported: true,
    multipleEntitlementsSupported: true,
    primarySupported: true,
    typeSupported: true,
    types: ['role', 'group'],
  },
};

/** The general limit for request bodies, which also applies to bulk requests. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

export interface DiscoveryOptions {
  /** The base URL of the SCIM service, e.g. https://host/scim/v2. */
  readonly base: string;
  readonly scope: DiscoveryScope;
}

/** Whether `scope` describes at least as much as `least` does. */
export function describes(scope: DiscoveryScope, least: DiscoveryScope): boolean {
  return DISCOVERY_SCOPES.indexOf(scope) >= DISCOVERY_SCOPES.indexOf(least);
}

/** @param eventUris types of events that the feed sends (RFC 9967 section 4); empty when events are off */
export function serviceProviderConfig({ base, scope }: DiscoveryOptions, eventUris: readonly string[]) {
  const full = describes(scope, 'full');
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
    ...(full ? { RolesAndEntitlements: ROLES_AND_ENTITLEMENTS } : {}),
    ...(full && eventUris.length > 0 ? { securityEvents: { asyncRequest: 'none', eventUris } } : {}),
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

/**
 * Each name and each endpoint has one resource type, whose `id` equals its name. Only Okta's copies break this rule: Okta
 * looks for roles and entitlements under its own schemas, and a strict client rejects two types with the same name.
 */
export function resourceTypes({ base, scope }: DiscoveryOptions) {
  const usual = describes(scope, 'usual');
  const type = (
    {
      id,
      name = id,
      description,
      schema,
    }: { id: string; name?: string; description: string; schema: string },
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
  const entitlement = { name: 'Entitlement', description: 'Entitlements in the Mode workspace' };
  return [
    type({ id: 'User', description: 'Users of the Mode workspace', schema: USER }, [
      ENTERPRISE,
      ...(usual ? [MODE_USER] : []),
    ]),
    type(
      { id: 'Group', description: 'Groups of the Mode workspace', schema: GROUP },
      usual ? [MODE_GROUP] : [],
    ),
    ...(usual
      ? [
          type({ ...role, id: 'Role', schema: ROLE }),
          type({ ...entitlement, id: 'Entitlement', schema: ENTITLEMENT }),
        ]
      : []),
    ...(describes(scope, 'okta')
      ? [
          type({ ...role, id: 'OktaRole', schema: OKTA_ROLE }),
          type({ ...entitlement, id: 'OktaEntitlement', schema: OKTA_ENTITLEMENT }),
        ]
      : []),
  ];
}

/** Exactly the schemas that the resource types of the same scope use. */
export function schemas({ base, scope }: DiscoveryOptions) {
  const described = (definition: Definition) => plain(definition, base);
  const under = (urn: string, definition: Definition) => {
    const meta = { resourceType: 'Schema', location: `${base}/Schemas/${urn}` };
    return { ...described(definition), id: urn, meta };
  };
  return [
    supportedUser(described(userSchema.definition)),
    supportedGroup(described(groupSchema.definition)),
    described(enterpriseDefinition),
    ...(describes(scope, 'usual')
      ? [modeUserDefinition, modeGroupDefinition, roleDefinition, entitlementDefinition].map(described)
      : []),
    ...(describes(scope, 'okta')
      ? [under(OKTA_ROLE, oktaRoleDefinition), under(OKTA_ENTITLEMENT, oktaEntitlementDefinition)]
      : []),
  ];
}

interface Described {
  readonly id: string;
  readonly attributes: readonly { readonly name: string }[];
}

/** Converts scimmy's objects to plain JSON. */
function plain(definition: Definition, base: string): Described {
  return JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as Described;
}

/** The standard user schema without `password`, which the bridge ignores. */
function supportedUser(user: Described): Described {
  return { ...user, attributes: user.attributes.filter(({ name }) => name !== 'password') };
}

/** The standard group schema with the bridge's limits: names are unique, and members are users. */
function supportedGroup(group: Described): Described {
  const part = ({ name, ...rest }: { readonly name: string }) => {
    const attribute = { name, ...rest, ...(name === 'value' ? {} : { mutability: 'readOnly' }) };
    if (name === 'type') return { ...attribute, canonicalValues: ['User'] };
    return name === '$ref' ? { ...attribute, referenceTypes: ['User'] } : attribute;
  };
  const attributes = group.attributes.map((attribute) => {
    if (attribute.name === 'displayName') return { ...attribute, required: true, uniqueness: 'server' };
    if (attribute.name !== 'members' || !('subAttributes' in attribute)) return attribute;
    return { ...attribute, subAttributes: (attribute.subAttributes as { name: string }[]).map(part) };
  });
  return { ...group, attributes };
}
