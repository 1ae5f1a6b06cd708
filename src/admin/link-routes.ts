/** Links: which account or group of Mode a pushed user or group is. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Links } from '../operators/links.ts';
import type { Link } from '../provisioning/ports/link-store.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const LinkShape = Type.Object({
  kind: Type.Enum(['user', 'group']),
  id: Type.String(),
  name: Type.String(),
  token: Type.String({ description: "Mode's token of the account or group" }),
  origin: Type.Enum(['auto', 'invited', 'operator']),
});
const ByLink = Type.Object({
  ...ByWorkspace.properties,
  kind: Type.Enum(['user', 'group']),
  who: Type.String({ description: 'An id, a userName or e-mail, or the name of a group' }),
});

export function registerLinks(scope: FastifyInstance, holderOf: HolderOf, links: Links): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const base = '/workspaces/:slug';

  routes.get(
    `${base}/links`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'listLinks',
        summary: 'List which Mode account or group each pushed user or group is linked to',
        params: ByWorkspace,
        response: { 200: Type.Object({ links: Type.Array(LinkShape) }) },
      },
    },
    async (request) => {
      const listed = await links.list(ownWorkspace(holderOf(request), request.params.slug));
      return { links: listed.map(renderLink) };
    },
  );
  routes.put(
    `${base}/links/:kind/:who`,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags,
        operationId: 'setLink',
        summary: 'Link a pushed user or group to an account or group of Mode',
        params: ByLink,
        body: Type.Object(
          { on_mode: Type.String({ description: 'A token, a username or e-mail, or the name of a group' }) },
          { additionalProperties: false },
        ),
        response: { 200: LinkShape },
      },
    },
    async (request) => {
      const { slug, kind, who } = request.params;
      return renderLink(
        await links.set(ownWorkspace(holderOf(request), slug), kind, who, request.body.on_mode),
      );
    },
  );
  routes.delete(
    `${base}/links/:kind/:who`,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags,
        operationId: 'dropLink',
        summary: 'Remove a link, so that the bridge does not make it again',
        params: ByLink,
        response: { 200: LinkShape },
      },
    },
    async (request) => {
      const { slug, kind, who } = request.params;
      return renderLink(await links.drop(ownWorkspace(holderOf(request), slug), kind, who));
    },
  );
}

function renderLink({ subject, name, token, origin }: Link): Static<typeof LinkShape> {
  return { kind: subject.kind, id: subject.id, name, token, origin };
}
