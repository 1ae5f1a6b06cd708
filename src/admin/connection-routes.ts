/** Connections: the IdP apps that push into the workspace, and whether Mode is made to match what they push. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { CONNECTION_STATES } from '../directory/access/connection.ts';
import type { Connections } from '../operators/connections.ts';
import { ConnectionView, viewConnection } from './connection-view.ts';
import { ByWorkspace, ownWorkspace, userOf, type HolderOf } from './own-workspace.ts';

const StateSetting = Type.Object({ state: Type.Enum(CONNECTION_STATES) }, { additionalProperties: false });

export function registerConnections(
  scope: FastifyInstance,
  holderOf: HolderOf,
  connections: Connections,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const base = '/workspaces/:slug/connections';

  routes.get(
    base,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags: ['admin'],
        operationId: 'listConnections',
        summary: 'The connections of the workspace, with their states',
        params: ByWorkspace,
        response: { 200: Type.Object({ connections: Type.Array(ConnectionView) }) },
      },
    },
    async (request) => {
      const workspace = ownWorkspace(holderOf(request), request.params.slug);
      return { connections: (await connections.list(workspace)).map(viewConnection) };
    },
  );

  routes.put(
    `${base}/:connection/state`,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags: ['admin'],
        operationId: 'setConnectionState',
        summary: 'Pause a connection, only plan what it pushes, or make it live',
        params: Type.Object({
          ...ByWorkspace.properties,
          connection: Type.String({ description: 'Its name' }),
        }),
        body: StateSetting,
        response: { 200: ConnectionView },
      },
    },
    async (request) => {
      const { slug, connection } = request.params;
      const holder = holderOf(request);
      const found = await connections.find(ownWorkspace(holder, slug), connection);
      return viewConnection(await connections.setState(found, request.body.state, userOf(holder)));
    },
  );
}
