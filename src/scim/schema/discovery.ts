/** The three documents by which a client learns what the bridge can do (RFC 7644 section 4). */
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

/** draft-ietf-scim-roles-entitlements section 3.1; whatever the IdP says of roles and entitlements is kept. */
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

/** The limit of every body, which is what a bulk request is in. */
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

/** @param eventUris types of events that the feed sends (RFC 9967 section 4); empty: there are no events */
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
 * One type for each name and each endpoint, with an `id` that equals its name. Only Okta's twins break that rule: Okta looks
 * for roles and entitlements under its own schemas, and a strict client refuses two types of one name.
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
  const entitlement = { name: 'Entitlement', description: 'What people may do in the Mode workspace' };
  return [
    type({ id: 'User', description: 'People of the Mode workspace', schema: USER }, [
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

/** The schemas that the resource types of the same scope name, and no other. */
export function schemas({ base, scope }: DiscoveryOptions) {
  const described = (definition: Definition) => plain(definition, base);
  const under = (urn: string, definition: Definition) => {
    const meta = { resourceType: 'Schema', location: `${base}/Schemas/${urn}` };
    return { ...described(definition), id: urn, meta };
  };
  return [
    userAsItIs(described(userSchema.definition)),
    groupAsItIs(described(groupSchema.definition)),
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

/** scimmy's attributes write themselves as JSON; what they are not is a plain document. */
function plain(definition: Definition, base: string): Described {
  return JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as Described;
}

/** The standard's user without `password`: the bridge drops what an IdP sends of it. */
function userAsItIs(user: Described): Described {
  return { ...user, attributes: user.attributes.filter(({ name }) => name !== 'password') };
}

/** The standard's group with its own limits: names are unique, and members are people, described by the bridge. */
function groupAsItIs(group: Described): Described {
  const part = ({ name, ...rest }: { readonly name: string }) => {
    const own = { name, ...rest, ...(name === 'value' ? {} : { mutability: 'readOnly' }) };
    if (name === 'type') return { ...own, canonicalValues: ['User'] };
    return name === '$ref' ? { ...own, referenceTypes: ['User'] } : own;
  };
  const attributes = group.attributes.map((attribute) => {
    if (attribute.name === 'displayName') return { ...attribute, required: true, uniqueness: 'server' };
    if (attribute.name !== 'members' || !('subAttributes' in attribute)) return attribute;
    return { ...attribute, subAttributes: (attribute.subAttributes as { name: string }[]).map(part) };
  });
  return { ...group, attributes };
}
