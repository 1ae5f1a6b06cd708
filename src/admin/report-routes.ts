/** Reports on adoption, drift and open invites. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { AdoptionReport, DriftReport, Reports } from '../operators/reports.ts';
import { countByClass } from '../provisioning/drift/drift.ts';
import { instant } from './instant.ts';
import { ByWorkspace, ownWorkspace, userOf, type HolderOf } from './own-workspace.ts';
import { Adoption, Drift, DriftSetting, Invites, Wanted } from './report-schema.ts';

export function registerReports(scope: FastifyInstance, holderOf: HolderOf, reports: Reports): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['admin'] as const;
  const base = '/workspaces/:slug';

  routes.get(
    `${base}/adoption`,
    {
      config: { docs: { refuses: [404] } },
      schema: {
        tags,
        operationId: 'readAdoption',
        summary: 'Which members and groups of Mode match what the IdP has pushed',
        params: ByWorkspace,
        response: { 200: Adoption },
      },
    },
    async (request) =>
      renderAdoption(await reports.adoption(ownWorkspace(holderOf(request), request.params.slug))),
  );
  routes.post(
    `${base}/adoption`,
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags,
        operationId: 'previewAdoption',
        summary: 'Which members and groups of Mode would match what an IdP will push; changes nothing',
        params: ByWorkspace,
        body: Wanted,
        response: { 200: Adoption },
      },
    },
    async (request) => {
      const { emails = [], groups = [] } = request.body;
      return renderAdoption(
        await reports.adoption(ownWorkspace(holderOf(request), request.params.slug), { emails, groups }),
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
    async (request) => renderDrift(await reports.drift(ownWorkspace(holderOf(request), request.params.slug))),
  );
  routes.put(
    `${base}/drift/:connection`,
    {
      config: { docs: { refuses: [404, 413, 415] } },
      schema: {
        tags,
        operationId: 'setDriftMode',
        summary: 'Set whether drift of a connection is only reported, or corrected as the IdP wants it',
        params: Type.Object({ ...ByWorkspace.properties, connection: Type.String() }),
        body: DriftSetting,
        response: { 200: DriftSetting },
      },
    },
    async (request) => {
      const { slug, connection } = request.params;
      const { mode } = request.body;
      const holder = holderOf(request);
      await reports.setDriftMode(ownWorkspace(holder, slug), connection, mode, userOf(holder));
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
      const invites = await reports.openInvites(ownWorkspace(holderOf(request), request.params.slug));
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

function renderAdoption({ readAt, items }: AdoptionReport): Static<typeof Adoption> {
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

function renderDrift({ readAt, items, modes }: DriftReport): Static<typeof Drift> {
  return {
    read_at: instant(readAt),
    modes: modes.map(({ connectionId, mode }) => ({ connection: connectionId, mode })),
    counts: countByClass(items),
    items: items.map((item) => ({ ...item, subject: item.subject === null ? null : { ...item.subject } })),
  };
}
