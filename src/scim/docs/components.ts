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
  MODE_GROUP,
  MODE_USER,
  ROLE,
  USER,
} from '../schema/urns.ts';
import { discoverySchemas } from './discovery-components.ts';
import { propertiesOf, type DescribedAttribute } from './json-schema.ts';
import { text, urns, whole, listOf } from './words.ts';

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
  ...discoverySchemas,
  SchemaList: listOf(ref('schemas', 'Schema')),
};
