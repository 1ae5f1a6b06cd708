/** The introduction of the feed's OpenAPI document. */
import type { ApiSurface } from '../http/api-surface.ts';
import { problemComponents } from '../http/problem-docs.ts';

export const feedSurface: ApiSurface = {
  name: 'feed',
  title: 'Mode SCIM bridge: feed',
  description:
    'A read-only view of who has access to the Mode workspace, and of changes, for governance tools. Errors are problem+json (RFC 9457).',
  tags: [{ name: 'feed', description: 'Snapshots, changes and events of one workspace' }],
  token: 'A token of the kind feed',
  origin: 'http://127.0.0.1:8080',
  components: problemComponents,
};
