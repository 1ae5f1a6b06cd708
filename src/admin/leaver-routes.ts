/** How long leavers keep their access. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { DEFAULT_SINCE, MAX_LEAVERS, type Leavers } from '../operators/leavers.ts';
import { Count, Text } from './instant.ts';
import { LeaverView, minutes, viewLeaver } from './leaver-view.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const DEFAULT_LEAVERS = 100;

const Query = Type.Object({
  since: Type.String({
    default: DEFAULT_SINCE,
    maxLength: 100,
    description: 'The earliest time, such as 2026-01-05T09:00:00Z, or how long ago, such as 30d',
  }),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: '"next_cursor" of the previous page' })),
  limit: Type.Integer({ minimum: 1, maximum: MAX_LEAVERS, default: DEFAULT_LEAVERS }),
});
const Page = Type.Object({
  objective_minutes: Count,
  leavers: Type.Array(LeaverView),
  next_cursor: Text,
});

export function registerLeavers(scope: FastifyInstance, holderOf: HolderOf, leavers: Leavers): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const summary = 'List people that the IdP deactivated or deleted, newest first, with the time that it took';

  async function page(workspace: string, query: Static<typeof Query>): Promise<Static<typeof Page>> {
    const { since, limit, cursor } = query;
    const listed = await leavers.list(workspace, since, { limit, cursor });
    return {
      objective_minutes: minutes(listed.objectiveMs),
      leavers: listed.leavers.map(viewLeaver),
      next_cursor: listed.nextCursor,
    };
  }

  routes.get(
    '/leavers',
    {
      schema: { tags, operationId: 'listLeavers', summary, querystring: Query, response: { 200: Page } },
    },
    (request) => page(holderOf(request).workspace, request.query),
  );
  routes.get(
    '/workspaces/:slug/leavers',
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'listWorkspaceLeavers',
        summary: `${summary}, of a workspace`,
        params: ByWorkspace,
        querystring: Query,
        response: { 200: Page },
      },
    },
    (request) => page(ownWorkspace(holderOf(request), request.params.slug), request.query),
  );
}
