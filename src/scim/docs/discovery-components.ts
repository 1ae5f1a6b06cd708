/** The bodies of discovery (RFC 7643 sections 5 to 7), as JSON Schemas for the OpenAPI document. */
import { ref } from '../../http/route-docs.ts';
import { urns, whole, supported, listOf } from './words.ts';

const Attribute = {
  type: 'object',
  required: ['name', 'type', 'multiValued', 'description', 'required', 'mutability', 'returned'],
  properties: {
    name: { type: 'string' },
    type: { type: 'string' },
    multiValued: { type: 'boolean' },
    description: { type: 'string' },
    required: { type: 'boolean' },
    canonicalValues: { type: 'array', items: { type: 'string' } },
    caseExact: { type: 'boolean' },
    mutability: { enum: ['readOnly', 'readWrite', 'immutable', 'writeOnly'] },
    returned: { enum: ['always', 'never', 'default', 'request'] },
    uniqueness: { enum: ['none', 'server', 'global'] },
    referenceTypes: { type: 'array', items: { type: 'string' } },
    subAttributes: { type: 'array', items: ref('schemas', 'Attribute') },
  },
};

const DiscoveryMeta = {
  type: 'object',
  required: ['resourceType', 'location'],
  properties: { resourceType: { type: 'string' }, location: { type: 'string' } },
};

export const discoverySchemas = {
  ServiceProviderConfig: {
    type: 'object',
    description: 'RFC 7643 section 5, RFC 9865 section 2.3',
    required: [
      'schemas',
      'patch',
      'bulk',
      'filter',
      'changePassword',
      'sort',
      'etag',
      'authenticationSchemes',
    ],
    properties: {
      schemas: urns,
      patch: supported,
      bulk: {
        ...supported,
        properties: {
          ...supported.properties,
          maxOperations: { type: 'integer' },
          maxPayloadSize: { type: 'integer' },
        },
      },
      filter: { ...supported, properties: { ...supported.properties, maxResults: { type: 'integer' } } },
      changePassword: supported,
      sort: supported,
      etag: supported,
      pagination: {
        type: 'object',
        properties: {
          cursor: { type: 'boolean' },
          index: { type: 'boolean' },
          defaultPaginationMethod: { enum: ['cursor', 'index'] },
          defaultPageSize: { type: 'integer' },
          maxPageSize: { type: 'integer' },
          cursorTimeout: whole('Seconds'),
        },
      },
      RolesAndEntitlements: {
        type: 'object',
        description:
          'draft-ietf-scim-roles-entitlements; returned for a feed token, or when full-discovery is pinned',
      },
      securityEvents: {
        type: 'object',
        description: 'RFC 9967; returned for a feed token, or when full-discovery is pinned',
        properties: {
          asyncRequest: { type: 'string' },
          eventUris: { type: 'array', items: { type: 'string' } },
        },
      },
      authenticationSchemes: {
        type: 'array',
        items: {
          type: 'object',
          required: ['type', 'name', 'description'],
          properties: {
            type: { type: 'string' },
            name: { type: 'string' },
            description: { type: 'string' },
            specUri: { type: 'string' },
            primary: { type: 'boolean' },
          },
        },
      },
      meta: DiscoveryMeta,
    },
    additionalProperties: false,
  },
  ResourceType: {
    type: 'object',
    description: 'RFC 7643 section 6',
    required: ['schemas', 'id', 'name', 'endpoint', 'schema'],
    properties: {
      schemas: urns,
      id: { type: 'string' },
      name: { type: 'string' },
      description: { type: 'string' },
      endpoint: { type: 'string' },
      schema: { type: 'string' },
      schemaExtensions: {
        type: 'array',
        items: {
          type: 'object',
          required: ['schema', 'required'],
          properties: { schema: { type: 'string' }, required: { type: 'boolean' } },
        },
      },
      meta: DiscoveryMeta,
    },
    additionalProperties: false,
  },
  ResourceTypeList: listOf(ref('schemas', 'ResourceType')),
  Attribute,
  Schema: {
    type: 'object',
    description: 'RFC 7643 section 7',
    required: ['schemas', 'id', 'name', 'description', 'attributes'],
    properties: {
      schemas: urns,
      id: { type: 'string' },
      name: { type: 'string' },
      description: { type: 'string' },
      attributes: { type: 'array', items: ref('schemas', 'Attribute') },
      meta: DiscoveryMeta,
    },
    additionalProperties: false,
  },
} as const;
