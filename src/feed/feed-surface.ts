/** The feed, as its OpenAPI document introduces it. */
import type { ApiSurface } from '../http/api-surface.ts';
import { problemComponents } from '../http/problem-docs.ts';

export const feedSurface: ApiSurface = {
  name: 'feed',
  title: 'Mode SCIM bridge: feed',
  description:
    'Who has access to the Mode workspace, and what changes: read-only, for governance tools. Errors are problem+json (RFC 9457).',
  tags: [{ name: 'feed', description: 'Snapshots, changes and events of one workspace' }],
  token: 'A token of the kind feed',
  origin: 'http://127.0.0.1:8080',
  components: problemComponents,
};
