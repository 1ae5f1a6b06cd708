/** The introduction and shared components of the SCIM OpenAPI document. */
import type { ApiSurface } from '../../http/api-surface.ts';
import { refusalComponents, type Described } from '../../http/route-docs.ts';
import { DEFAULT_COUNT, MAX_COUNT } from '../paging/list-request.ts';
import { scimSchemas } from './components.ts';
import { contentOf } from './operations.ts';

const parameter = (location: 'query' | 'header', name: string, description: string, schema: Described) => ({
  [name]: { in: location, name, description, schema },
});
const text = { type: 'string' };
const whole = { type: 'integer' };

export const scimSurface: ApiSurface = {
  name: 'scim',
  title: 'Mode SCIM bridge: SCIM 2.0',
  description:
    'Users and groups of the Mode workspace, following RFC 7643, RFC 7644 and RFC 9865. An IdP reads and writes; a feed token can only read.',
  tags: [
    { name: 'Discovery', description: 'The capabilities of the service' },
    { name: 'Users', description: 'Users of the workspace' },
    { name: 'Groups', description: 'Groups and their members' },
    { name: 'Roles', description: 'The roles in Mode, read-only' },
    { name: 'Entitlements', description: 'The entitlements that can be given to users, read-only' },
    { name: 'Everything', description: 'Lists of all resource types, and bulk requests' },
  ],
  token: 'A token of the kind scim. A token of the kind feed can only read.',
  origin: 'http://127.0.0.1:8080',
  components: {
    schemas: scimSchemas,
    responses: refusalComponents(contentOf('Error')),
    headers: {
      ETag: { description: 'The version of the resource, as a weak ETag', schema: text },
      Location: { description: 'The URL of the resource', schema: text },
    },
    parameters: {
      ...parameter('query', 'filter', 'RFC 7644 section 3.4.2.2', text),
      ...parameter('query', 'sortBy', 'The attribute to sort by', text),
      ...parameter('query', 'sortOrder', 'The direction of sortBy', { enum: ['ascending', 'descending'] }),
      ...parameter('query', 'startIndex', 'The index of the first result, from 1', {
        ...whole,
        default: 1,
      }),
      ...parameter('query', 'count', `The maximum number of results on a page, at most ${MAX_COUNT}`, {
        ...whole,
        default: DEFAULT_COUNT,
      }),
      ...parameter(
        'query',
        'cursor',
        'Cursor paging: empty for the first page, then the value of nextCursor',
        text,
      ),
      ...parameter('query', 'attributes', 'The attributes to return, separated by commas', text),
      ...parameter('query', 'excludedAttributes', 'The attributes not to return, separated by commas', text),
      ...parameter('header', 'If-Match', 'Write only if the resource has this version', text),
      ...parameter('header', 'If-None-Match', 'Return 304 if the resource has this version', text),
    },
  },
};
