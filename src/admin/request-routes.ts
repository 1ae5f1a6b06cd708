/** The request log: the requests of SCIM clients and their responses. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { MAX_REQUESTS, type Requests } from '../operators/requests.ts';
import { Text } from './instant.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';
import { RequestView, viewRequest } from './request-view.ts';

const DEFAULT_REQUESTS = 100;
const TIME = 'such as 2026-01-05T09:00:00Z, or how long ago, such as 15m';

const text = (description: string) => Type.Optional(Type.String({ description, maxLength: 500 }));
const Query = Type.Object({
  connection: text('The name or id of a connection'),
  resource: text('A user or group: its id, or its name as long as it is not deleted'),
  status: text('A status such as 404, a class such as 4xx, or "closed"'),
  method: text('Such as PATCH'),
  profile: text('The IdP that the connection belonged to, such as entra'),
  since: text(`The earliest time, ${TIME}`),
  until: text(`The time after the latest, ${TIME}`),
  cursor: text('"next_cursor" of the previous page'),
  limit: Type.Integer({ minimum: 1, maximum: MAX_REQUESTS, default: DEFAULT_REQUESTS }),
});
const Page = Type.Object({ requests: Type.Array(RequestView), next_cursor: Text });

export function registerRequests(scope: FastifyInstance, holderOf: HolderOf, requests: Requests): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const summary = 'List what SCIM clients asked and what they were answered, newest first';

  async function page(workspace: string, query: Static<typeof Query>): Promise<Static<typeof Page>> {
    const { limit, cursor, ...filter } = query;
    const listed = await requests.list(workspace, filter, { limit, cursor });
    return { requests: listed.requests.map(viewRequest), next_cursor: listed.nextCursor };
  }

  routes.get(
    '/requests',
    {
      config: { docs: { refuses: [404, 409] } },
      schema: { tags, operationId: 'listRequests', summary, querystring: Query, response: { 200: Page } },
    },
    (request) => page(holderOf(request).workspace, request.query),
  );
  routes.get(
    '/workspaces/:slug/requests',
    {
      config: { docs: { refuses: [404, 409] } },
      schema: {
        tags,
        operationId: 'listWorkspaceRequests',
        summary: `${summary}, of a workspace`,
        params: ByWorkspace,
        querystring: Query,
        response: { 200: Page },
      },
    },
    (request) => page(ownWorkspace(holderOf(request), request.params.slug), request.query),
  );
}
