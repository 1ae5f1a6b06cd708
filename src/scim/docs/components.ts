/** The SCIM request and response bodies (RFC 7643, RFC 7644, RFC 9865), as JSON Schemas for the OpenAPI document. */
import { ref, type Described } from '../../http/route-docs.ts';
import { MAX_OPERATIONS } from '../bulk/parse-bulk.ts';
import { schemas } from '../schema/discovery.ts';
import {
  BULK_RESPONSE,
  ENTERPRISE,
  ENTITLEMENT,
  ERROR,
  GROUP,
  LIST_RESPONSE,
  MODE_GROUP,
  MODE_USER,
  ROLE,
  USER,
} from '../schema/urns.ts';
import { propertiesOf, type DescribedAttribute } from './json-schema.ts';

const text = (description: string) => ({ type: 'string', description });
const urns = { type: 'array', items: { type: 'string' }, description: 'The URNs of the schemas' };
const whole = (description: string) => ({ type: 'integer', description });
const supported = { type: 'object', required: ['supported'], properties: { supported: { type: 'boolean' } } };

const described = new Map(
  schemas({ base: '', scope: 'full' }).map(({ id, attributes }) => [
    id,
    attributes as unknown as readonly DescribedAttribute[],
  ]),
);
const attributesOf = (urn: string, direction: 'sent' | 'returned') =>
  propertiesOf(described.get(urn) ?? [], direction);

/** A resource in a response. Attributes that no schema describes are returned as they were sent. */
function returned(urn: string, extensions: readonly string[] = []): Described {
  const { properties } = attributesOf(urn, 'returned');
  return {
    type: 'object',
    required: ['schemas', 'id'],
    properties: {
      schemas: urns,
      id: text('The id that the bridge gave the resource'),
      externalId: { description: 'The id that the IdP gave the resource, as it was sent' },
      ...properties,
      ...Object.fromEntries(
        extensions.map((extension) => [
          extension,
          { type: 'object', ...attributesOf(extension, 'returned') },
        ]),
      ),
      meta: ref('schemas', 'Meta'),
    },
  };
}

/** A resource in a request. */
function sent(urn: string, extensions: readonly string[] = []): Described {
  const { required, properties } = attributesOf(urn, 'sent');
  return {
    type: 'object',
    required,
    properties: {
      schemas: urns,
      externalId: text('The id that the IdP gave the resource'),
      ...properties,
      ...Object.fromEntries(
        extensions.map((extension) => [extension, { type: 'object', ...attributesOf(extension, 'sent') }]),
      ),
    },
  };
}

function listOf(items: Described): Described {
  return {
    type: 'object',
    required: ['schemas', 'totalResults', 'itemsPerPage', 'Resources'],
    properties: {
      schemas: { type: 'array', items: { const: LIST_RESPONSE } },
      totalResults: whole('The total number of results'),
      startIndex: whole('The index of the first result on the page, from 1; absent in cursor paging'),
      itemsPerPage: whole('The number of results on the page'),
      nextCursor: text('The cursor of the next page; absent on the last page'),
      Resources: { type: 'array', items },
    },
  };
}

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

export const scimSchemas = {
  Error: {
    type: 'object',
    description: 'RFC 7644 section 3.12',
    required: ['schemas', 'status', 'detail'],
    properties: {
      schemas: { type: 'array', items: { const: ERROR } },
      status: { type: 'string', pattern: '^[45]\\d\\d$' },
      scimType: text('The kind of error, for programs'),
      detail: text('What is wrong, and what to do'),
    },
    additionalProperties: false,
  },
  Meta: {
    type: 'object',
    properties: {
      resourceType: { type: 'string' },
      created: { type: 'string', format: 'date-time' },
      lastModified: { type: 'string', format: 'date-time' },
      location: { type: 'string' },
      version: text('The weak ETag of the resource'),
    },
  },
  User: returned(USER, [ENTERPRISE, MODE_USER]),
  UserSent: sent(USER, [ENTERPRISE]),
  UserList: listOf(ref('schemas', 'User')),
  Group: returned(GROUP, [MODE_GROUP]),
  GroupSent: sent(GROUP),
  GroupList: listOf(ref('schemas', 'Group')),
  Role: returned(ROLE),
  RoleList: listOf(ref('schemas', 'Role')),
  Entitlement: returned(ENTITLEMENT),
  EntitlementList: listOf(ref('schemas', 'Entitlement')),
  ResourceList: listOf({ anyOf: [ref('schemas', 'User'), ref('schemas', 'Group')] }),
  SearchRequest: {
    type: 'object',
    description: 'RFC 7644 section 3.4.3',
    properties: {
      schemas: urns,
      filter: text('The same as the query parameter of a list'),
      sortBy: { type: 'string' },
      sortOrder: { enum: ['ascending', 'descending'] },
      startIndex: whole('From 1'),
      count: whole('The maximum number of results on a page'),
      cursor: text('The same as the query parameter of a list'),
      attributes: { type: 'array', items: { type: 'string' } },
      excludedAttributes: { type: 'array', items: { type: 'string' } },
    },
  },
  PatchRequest: {
    type: 'object',
    description: 'RFC 7644 section 3.5.2. All operations are applied, or none.',
    properties: {
      schemas: urns,
      Operations: {
        type: 'array',
        maxItems: 1_000,
        items: {
          type: 'object',
          required: ['op'],
          properties: {
            op: { enum: ['add', 'replace', 'remove', 'Add', 'Replace', 'Remove'] },
            path: text('The attribute to change; without it, the keys of `value` are the paths'),
            value: { description: 'The value; null or no value removes the attribute' },
          },
        },
      },
    },
  },
  BulkRequest: {
    type: 'object',
    description: 'RFC 7644 section 3.7. Each operation is durable by itself.',
    required: ['Operations'],
    properties: {
      schemas: urns,
      failOnErrors: { type: 'integer', minimum: 0, description: 'Stop after this many errors; 0: never' },
      Operations: {
        type: 'array',
        maxItems: MAX_OPERATIONS,
        items: {
          type: 'object',
          required: ['method', 'path'],
          properties: {
            method: { enum: ['POST', 'PUT', 'PATCH', 'DELETE'] },
            path: text('/Users, /Groups, or one of their resources; `bulkId:x` can be used as an id'),
            bulkId: text('A name for the resource that a POST creates'),
            version: text('The same as an If-Match header'),
            data: { type: 'object' },
          },
        },
      },
    },
  },
  BulkResponse: {
    type: 'object',
    required: ['schemas', 'Operations'],
    properties: {
      schemas: { type: 'array', items: { const: BULK_RESPONSE } },
      Operations: {
        type: 'array',
        items: {
          type: 'object',
          required: ['status'],
          properties: {
            method: { type: 'string' },
            bulkId: { type: 'string' },
            location: { type: 'string' },
            version: { type: 'string' },
            status: { type: 'string', pattern: '^\\d{3}$' },
            response: ref('schemas', 'Error'),
          },
        },
      },
    },
  },
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
  SchemaList: listOf(ref('schemas', 'Schema')),
};
