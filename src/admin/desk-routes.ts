/** Links, adoption and invites over the admin API. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Connection } from '../directory/access/connection.ts';
import type { Desk } from '../provisioning/desk.ts';
import { countByClass } from '../provisioning/drift/drift.ts';
import type { Link } from '../provisioning/ports/link-store.ts';
import { LinkShape, Adoption, Invites, Drift, DriftSetting, Wanted, ByLink } from './desk-schema.ts';
import { instant } from './instant.ts';
import { assertWorkspace, ByWorkspace } from './sync-routes.ts';

export function registerDesk(
  scope: FastifyInstance,
  connectionOf: (request: FastifyRequest) => Connection,
  desk: Desk,
): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const base = '/workspaces/:slug';
  const workspaceOf = (request: FastifyRequest, slug: string) => {
    assertWorkspace(connectionOf(request), slug);
    return slug;
  };

  routes.get(
    `${base}/links`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'listLinks',
        summary: 'Which Mode account or group each pushed user or group is',
        params: ByWorkspace,
        response: { 200: Type.Object({ links: Type.Array(LinkShape) }) },
      },
    },
    async (request) => {
      const links = await desk.links.list(workspaceOf(request, request.params.slug));
      return { links: links.map(renderLink) };
    },
  );
  routes.put(
    `${base}/links/:kind/:who`,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags,
        operationId: 'setLink',
        summary: 'Link a pushed user or group to what Mode has',
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
      return renderLink(await desk.links.set(workspaceOf(request, slug), kind, who, request.body.on_mode));
    },
  );
  routes.delete(
    `${base}/links/:kind/:who`,
    {
      config: { docs: { refuses: [404, 409, 413, 415] } },
      schema: {
        tags,
        operationId: 'dropLink',
        summary: 'Take a link away, so that it is not made again by itself',
        params: ByLink,
        response: { 200: LinkShape },
      },
    },
    async (request) => {
      const { slug, kind, who } = request.params;
      return renderLink(await desk.links.drop(workspaceOf(request, slug), kind, who));
    },
  );
  routes.get(
    `${base}/adoption`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'readAdoption',
        summary: 'What of Mode fits to what the IdP has pushed',
        params: ByWorkspace,
        response: { 200: Adoption },
      },
    },
    async (request) => renderAdoption(await desk.adoption(workspaceOf(request, request.params.slug))),
  );
  routes.post(
    `${base}/adoption`,
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags,
        operationId: 'previewAdoption',
        summary: 'What of Mode would fit to what an IdP is to push; changes nothing',
        params: ByWorkspace,
        body: Wanted,
        response: { 200: Adoption },
      },
    },
    async (request) => {
      const { emails = [], groups = [] } = request.body;
      return renderAdoption(
        await desk.adoption(workspaceOf(request, request.params.slug), { emails, groups }),
      );
    },
  );
  routes.get(
    `${base}/drift`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'readDrift',
        summary: 'What differs between the IdP, what the bridge wrote last, and Mode',
        params: ByWorkspace,
        response: { 200: Drift },
      },
    },
    async (request) => renderDrift(await desk.drift(workspaceOf(request, request.params.slug))),
  );
  routes.put(
    `${base}/drift/:connection`,
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags,
        operationId: 'setDriftMode',
        summary: 'Whether drift of a connection is only told, or put back as the IdP wants it',
        params: Type.Object({ ...ByWorkspace.properties, connection: Type.String() }),
        body: DriftSetting,
        response: { 200: DriftSetting },
      },
    },
    async (request) => {
      const { slug, connection } = request.params;
      const { mode } = request.body;
      await desk.setDriftMode(workspaceOf(request, slug), connection, mode);
      return { mode };
    },
  );
  routes.get(
    `${base}/invites`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'listInvites',
        summary: 'Invites that are not accepted, oldest first',
        params: ByWorkspace,
        response: { 200: Invites },
      },
    },
    async (request) => {
      const invites = await desk.openInvites(workspaceOf(request, request.params.slug));
      return {
        invites: invites.map(({ email, state, sends, firstSentAt, sentAt, expiresAt, reason }) => {
          const times = { first_sent_at: instant(firstSentAt), sent_at: instant(sentAt) };
          return {
            email,
            state,
            sends,
            ...times,
            expires_at: expiresAt === null ? null : instant(expiresAt),
            reason,
          };
        }),
      };
    },
  );
}

function renderLink({ subject, name, token, origin }: Link): Static<typeof LinkShape> {
  return { kind: subject.kind, id: subject.id, name, token, origin };
}

function renderAdoption({ readAt, items }: Awaited<ReturnType<Desk['adoption']>>): Static<typeof Adoption> {
  return {
    read_at: instant(readAt),
    items: items.map(({ kind, name, class: of, onMode }) => ({
      kind,
      name,
      class: of,
      on_mode: onMode.map((found) => ({ ...found })),
    })),
  };
}

function renderDrift({ readAt, items, modes }: Awaited<ReturnType<Desk['drift']>>): Static<typeof Drift> {
  return {
    read_at: instant(readAt),
    modes: modes.map(({ connectionId, mode }) => ({ connection: connectionId, mode })),
    counts: countByClass(items),
    items: items.map((item) => ({ ...item, subject: item.subject === null ? null : { ...item.subject } })),
  };
}
