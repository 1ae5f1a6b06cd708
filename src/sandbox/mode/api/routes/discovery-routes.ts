/** The Discovery API: all members in large pages, for a bearer token that was created with an admin's key. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { badRequest, forbidden, notFound, unauthorized } from '../api-error.ts';
import type { ApiContext } from '../api-context.ts';
import { readWrapped } from '../body.ts';
import { positiveInteger } from '../collection.ts';
import { createScalars } from '../hal.ts';
import type { Member } from '../../world/member.ts';

const MAX_PAGE = 1_000;

const SignatureToken = Type.Object({
  name: Type.String({ minLength: 4, maxLength: 64 }),
  expires_at: Type.String(),
  auth_scope: Type.Object({
    authentication_for: Type.Literal('batch-api'),
    authorization_type: Type.Literal('read-only'),
  }),
});

export function registerDiscoveryRoutes(batch: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials } = context;
  const { slug, settings, workspace, memory, clock } = simulation;
  const scalars = createScalars(simulation);

  function assertOnPlan(): void {
    if (settings().quirks.discovery === 'refused')
      throw forbidden('The Discovery API is not part of your plan');
  }

  batch.post(`/${slug}/signature_tokens`, (request) => {
    credentials.admin(request);
    assertOnPlan();
    const { name, expires_at: expiry } = readWrapped(request.body, 'signature_token', SignatureToken);
    const expiresAt = Date.parse(expiry);
    if (Number.isNaN(expiresAt) || expiresAt <= clock.now())
      throw badRequest('expires_at must be an ISO 8601 time in the future');
    const { token, accessKey, accessSecret } = memory().discovery.mint(name, expiresAt);
    const now = new Date(clock.now()).toISOString();
    return {
      token,
      name,
      creator_id: scalars.id(workspace().owner()?.userId ?? '0'),
      organization_id: scalars.id(simulation.id),
      access_key: accessKey,
      access_secret: accessSecret,
      created_at: now,
      updated_at: now,
      expires_at: new Date(expiresAt).toISOString(),
      authentication_for: 'batch-api',
      authorization_type: 'read-only',
    };
  });

  batch.delete<{ Params: { token: string } }>(`/${slug}/signature_tokens/:token`, (request) => {
    credentials.admin(request);
    assertOnPlan();
    const { token } = request.params;
    const revoked = memory().discovery.revoke(token);
    if (revoked === undefined) throw notFound('Signature token');
    return { token, name: revoked.name, expires_at: new Date(revoked.expiresAt).toISOString() };
  });

  // Everybody, former members too.
  batch.get<{ Querystring: { page?: string; per_page?: string } }>(`/${slug}/members`, (request) => {
    authenticate(request);
    assertOnPlan();
    const all = workspace().people.all();
    const page = positiveInteger(request.query.page, 1);
    const perPage = Math.min(MAX_PAGE, positiveInteger(request.query.per_page, MAX_PAGE));
    const members = all.slice((page - 1) * perPage, page * perPage);
    const pages = Math.max(1, Math.ceil(all.length / perPage));
    const href = (to: number) => ({ href: `/batch/${slug}/members?page=${to}&per_page=${perPage}` });
    return {
      pagination: {
        page,
        per_page: perPage,
        count: members.length,
        total_pages: pages,
        total_count: all.length,
      },
      members: members.map(render),
      _links: {
        ...(page < pages ? { next_page: href(page + 1) } : {}),
        ...(page > 1 ? { prev_page: href(page - 1) } : {}),
      },
    };
  });

  function authenticate(request: FastifyRequest): void {
    const bearer = /^bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!memory().discovery.valid(bearer)) throw unauthorized();
  }

  function render(member: Member) {
    const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
    return {
      id: scalars.id(member.userId),
      token: member.membershipToken,
      state: scalars.state(member.state),
      member_email: member.email,
      member_token: member.memberToken,
      member_username: member.username,
      banned_at: time(member.bannedAt),
      activated_at: time(member.activatedAt),
      last_report_viewed_at: time(member.lastActiveAt),
      last_day_engaged: time(member.lastActiveAt)?.slice(0, 10) ?? null,
    };
  }
}
