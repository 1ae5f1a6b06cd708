/** Why a person has access, or why not. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Explain } from '../operators/explain/explain.ts';
import { ExplanationView, viewExplanation } from './explain-view.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const MAX_TEXT = 1_000;
const Query = Type.Object({
  user: Type.String({
    minLength: 1,
    maxLength: MAX_TEXT,
    description:
      'An e-mail, a userName or an id. For a person who is only in Mode: an e-mail, a username or a token',
  }),
  group: Type.Optional(
    Type.String({ minLength: 1, maxLength: MAX_TEXT, description: 'Only this group: its name or id' }),
  ),
});
const docs = {
  tags: ['admin'],
  summary:
    'Why a person has access, or why not: which request of the IdP wanted it, what the bridge did, and what Mode answered',
  response: { 200: ExplanationView },
};

export function registerExplain(scope: FastifyInstance, holderOf: HolderOf, explain: Explain): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  routes.get(
    '/explain',
    {
      config: { docs: { refuses: [409] } },
      schema: { ...docs, operationId: 'explain', querystring: Query },
    },
    async (request) => {
      const { user, group } = request.query;
      return viewExplanation(await explain(holderOf(request).workspace, user, { group }));
    },
  );
  routes.get(
    '/workspaces/:slug/explain',
    {
      config: { docs: { refuses: [404, 409] } },
      schema: { ...docs, operationId: 'explainInWorkspace', params: ByWorkspace, querystring: Query },
    },
    async (request) => {
      const { user, group } = request.query;
      const workspace = ownWorkspace(holderOf(request), request.params.slug);
      return viewExplanation(await explain(workspace, user, { group }));
    },
  );
}
