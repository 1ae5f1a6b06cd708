/** Describes each kind of SCIM operation for the OpenAPI document: parameters, body and responses. */
import { ref, type Described, type RouteDocs } from '../../http/route-docs.ts';
import type { scimSchemas } from './components.ts';

type SchemaName = keyof typeof scimSchemas;

const MEDIA_TYPES = ['application/scim+json', 'application/json'];

/** The same schema in both media types: a client gets the one that it accepts (RFC 7644 section 3.8). */
export function contentOf(name: SchemaName): Described {
  return Object.fromEntries(MEDIA_TYPES.map((type) => [type, { schema: ref('schemas', name) }]));
}

const named = (names: readonly string[]) => names.map((name) => ref('parameters', name));
const PROJECTION = named(['attributes', 'excludedAttributes']);
const LIST = named(['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor']);
const RESOURCE_HEADERS = { ETag: ref('headers', 'ETag'), Location: ref('headers', 'Location') };
const body = (name: SchemaName) => ({ required: true, content: contentOf(name) });
const ok = (description: string, name: SchemaName) => ({ 200: { description, content: contentOf(name) } });
const oneResource = (description: string, name: SchemaName) => ({
  description,
  headers: RESOURCE_HEADERS,
  content: contentOf(name),
});
/** Error statuses of any request with a body. */
const BODY = [413, 415] as const;
const UNCHANGED = {
  304: {
    description: 'The resource still has the version in If-None-Match',
    headers: { ETag: ref('headers', 'ETag') },
  },
};

export const scimDocs = {
  list: (name: SchemaName): RouteDocs => ({
    parameters: [...LIST, ...PROJECTION],
    responses: ok('One page', name),
  }),
  search: (name: SchemaName): RouteDocs => ({
    requestBody: body('SearchRequest'),
    responses: ok('One page', name),
    refuses: BODY,
  }),
  create: (name: 'User' | 'Group'): RouteDocs => ({
    parameters: PROJECTION,
    requestBody: body(`${name}Sent`),
    responses: { 201: oneResource('The new resource', name) },
    refuses: [403, 409, ...BODY],
  }),
  read: (name: 'User' | 'Group'): RouteDocs => ({
    parameters: [...PROJECTION, ref('parameters', 'If-None-Match')],
    responses: { 200: oneResource('The resource', name), ...UNCHANGED },
    refuses: [404],
  }),
  replace: (name: 'User' | 'Group'): RouteDocs => ({
    parameters: [...PROJECTION, ref('parameters', 'If-Match')],
    requestBody: body(`${name}Sent`),
    responses: { 200: oneResource('The updated resource', name) },
    refuses: [403, 404, 409, 412, ...BODY],
  }),
  patch: (name: 'User' | 'Group'): RouteDocs => ({
    parameters: [...PROJECTION, ref('parameters', 'If-Match')],
    requestBody: body('PatchRequest'),
    responses: {
      200: oneResource('The updated resource', name),
      204: {
        description: 'Updated. The profile of the connection decides between 200 and 204.',
        headers: RESOURCE_HEADERS,
      },
    },
    refuses: [403, 404, 409, 412, ...BODY],
  }),
  remove: (): RouteDocs => ({
    parameters: [ref('parameters', 'If-Match')],
    responses: { 204: { description: 'Deleted' } },
    refuses: [403, 404, 412, ...BODY],
  }),
  bulk: (): RouteDocs => ({
    requestBody: body('BulkRequest'),
    responses: ok('The result of each operation, in the order of the request', 'BulkResponse'),
    refuses: [403, ...BODY],
  }),
  /** Read-only resources of the bridge; they have no versions. */
  readOnly: (name: SchemaName): RouteDocs => ({
    parameters: PROJECTION,
    responses: ok('The resource', name),
    refuses: [404],
  }),
  /** Discovery does not support filters: 403 (RFC 7644 section 4). */
  discover: (name: SchemaName, missing: 'canBeMissing' | 'isThere' = 'isThere'): RouteDocs => ({
    responses: ok('The discovery document', name),
    refuses: missing === 'canBeMissing' ? [403, 404] : [403],
  }),
};
