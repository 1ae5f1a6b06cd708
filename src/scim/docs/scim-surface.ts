/** SCIM, as its OpenAPI document introduces it. */
import type { ApiSurface } from '../../http/api-surface.ts';
import { refusalComponents, type Described } from '../../http/route-docs.ts';
import { DEFAULT_COUNT, MAX_COUNT } from '../paging/list-request.ts';
import { scimSchemas } from './components.ts';
import { contentOf } from './operations.ts';

const parameter = (place: 'query' | 'header', name: string, description: string, schema: Described) => ({
  [name]: { in: place, name, description, schema },
});
const text = { type: 'string' };
const whole = { type: 'integer' };

export const scimSurface: ApiSurface = {
  name: 'scim',
  title: 'Mode SCIM bridge: SCIM 2.0',
  description:
    'Users and groups of the Mode workspace, by RFC 7643, RFC 7644 and RFC 9865. An IdP writes here; a reader of the feed may read.',
  tags: [
    { name: 'Discovery', description: 'What the service can do' },
    { name: 'Users', description: 'People' },
    { name: 'Groups', description: 'Groups and their members' },
    { name: 'Roles', description: 'The roles that Mode has, read-only' },
    { name: 'Entitlements', description: 'What people can have one by one, read-only' },
    { name: 'Everything', description: 'Lists over all types, and bulk requests' },
  ],
  token: 'A token of the kind scim; one of the kind feed may read',
  origin: 'http://127.0.0.1:8080',
  components: {
    schemas: scimSchemas,
    responses: refusalComponents(contentOf('Error')),
    headers: {
      ETag: { description: 'The weak version of the resource', schema: text },
      Location: { description: 'The address of the resource', schema: text },
    },
    parameters: {
      ...parameter('query', 'filter', 'RFC 7644 section 3.4.2.2', text),
      ...parameter('query', 'sortBy', 'The attribute by which the list is sorted', text),
      ...parameter('query', 'sortOrder', 'The direction of sortBy', { enum: ['ascending', 'descending'] }),
      ...parameter('query', 'startIndex', 'The place of the first resource, from 1', {
        ...whole,
        default: 1,
      }),
      ...parameter('query', 'count', `How many a page has at most; ${MAX_COUNT} is the limit`, {
        ...whole,
        default: DEFAULT_COUNT,
      }),
      ...parameter('query', 'cursor', 'Paging by cursor: empty for the first page, then nextCursor', text),
      ...parameter(
        'query',
        'attributes',
        'The attributes that the answer has, with commas between them',
        text,
      ),
      ...parameter('query', 'excludedAttributes', 'The attributes that the answer leaves out', text),
      ...parameter('header', 'If-Match', 'Write only when the resource has this version', text),
      ...parameter('header', 'If-None-Match', 'Answer 304 when the resource has this version', text),
    },
  },
};
