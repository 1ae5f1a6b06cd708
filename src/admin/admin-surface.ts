/** The introduction of the admin API's OpenAPI document. */
import type { ApiSurface } from '../http/api-surface.ts';
import { problemComponents } from '../http/problem-docs.ts';

export const adminSurface: ApiSurface = {
  name: 'admin',
  title: 'Mode SCIM bridge: admin',
  description:
    'How the bridge is doing, and what operators decide. On a port of its own. Errors are problem+json (RFC 9457).',
  tags: [
    {
      name: 'admin',
      description: 'Status, connections, tasks, holds, links, drift, invites and syncs of one workspace',
    },
  ],
  token: 'A token of the kind admin',
  origin: 'http://127.0.0.1:8081',
  components: problemComponents,
};
