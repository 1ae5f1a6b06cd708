/** Routes that are the same for all workspaces: the key check, and the records of workspaces and people. */
import type { FastifyInstance } from 'fastify';
import { badRequest, notFound } from '../api-error.ts';
import type { ServedWorkspaces } from '../served-workspaces.ts';
import { renderWorkspace } from './workspace-record.ts';

export function registerRootRoutes(api: FastifyInstance, served: ServedWorkspaces): void {
  api.get('/verify', (request) => {
    const { simulation, credentials } = served.workspaceOf(request);
    const scope = credentials.scope(request);
    return {
      workspace: simulation.slug,
      workspace_token: simulation.token,
      api_key_scope: scope,
      _links: { self: { href: `/api/${simulation.slug}/api_keys/${credentials.keyToken(request)}` } },
    };
  });

  api.get('/account', (request) => {
    served.workspaceOf(request).credentials.scope(request);
    throw badRequest('This endpoint is unsupported for use with Api Keys');
  });

  // Workspaces and people share this path.
  api.get<{ Params: { name: string } }>('/:name', (request) => {
    const { name } = request.params;
    const context = served.workspaceOf(request);
    if (name === context.simulation.slug) return renderWorkspace(context, request);
    context.credentials.scope(request);
    for (const { simulation, credentials, hal } of served.openedBy(request)) {
      const { people, owner } = simulation.workspace();
      const member = people.byUsername(name);
      if (member !== undefined)
        return hal.user(member, credentials.scope(request) === 'member' && member === owner());
    }
    throw notFound('Account');
  });
}
