/** The capabilities of a workspace, and a new probe of them. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Operators } from '../operators/operators.ts';
import { CapabilityView, viewCapabilities } from './capability-view.ts';
import { Count } from './instant.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const Workspace = Type.Object({
  workspace: Type.String(),
  ...CapabilityView.properties,
  tasks: Type.Object({ open: Count }),
});

export function registerWorkspaces(scope: FastifyInstance, holderOf: HolderOf, operators: Operators): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();

  const view = async (workspace: string) => ({
    workspace,
    ...viewCapabilities(await operators.capabilities(workspace)),
    tasks: { open: await operators.tasks.countOpen(workspace) },
  });

  routes.get(
    '/workspaces/:slug',
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags: ['admin'],
        operationId: 'readWorkspace',
        summary:
          'What the bridge can do in the workspace, through which route, and what Mode answered where it refused',
        params: ByWorkspace,
        response: { 200: Workspace },
      },
    },
    (request) => view(ownWorkspace(holderOf(request), request.params.slug)),
  );

  routes.post(
    '/workspaces/:slug/probe',
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'probeWorkspace',
        summary: 'Probe the workspace within seconds, and try again what was refused',
        params: ByWorkspace,
        response: { 202: Workspace },
      },
    },
    async (request, reply) => {
      const workspace = ownWorkspace(holderOf(request), request.params.slug);
      await operators.probe(workspace);
      return reply.code(202).send(await view(workspace));
    },
  );
}
