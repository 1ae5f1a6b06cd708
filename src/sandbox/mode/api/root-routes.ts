/** Routes of the workspace itself, the key check and user records. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest, notFound, unauthorized } from './api-error.ts';
import type { ApiContext } from './api-context.ts';
import { createScalars, accountFields } from './hal.ts';

export const WORKSPACE_TOKEN = 'a1b2c3d4e5f6';
export const WORKSPACE_ID = '7654321';
const CREATED_AT = '2020-01-02T03:04:05.678Z';

export function registerRootRoutes(api: FastifyInstance, { simulation, credentials, hal }: ApiContext): void {
  const { slug, settings, workspace } = simulation;
  const scalars = createScalars(simulation);
  const href = (path: string) => ({ href: `/api/${slug}${path}` });

  api.get('/verify', (request) => {
    const scope = credentials.scope(request);
    return {
      workspace: slug,
      workspace_token: WORKSPACE_TOKEN,
      api_key_scope: scope,
      _links: { self: { href: `/api/${slug}/api_keys/${credentials.keyToken(request)}` } },
    };
  });

  api.get('/account', (request) => {
    credentials.scope(request);
    throw badRequest('This endpoint is unsupported for use with Api Keys');
  });

  api.get<{ Params: { key: string } }>(`/${slug}/api_keys/:key`, (request) => {
    const scope = credentials.scope(request);
    if (request.params.key !== credentials.keyToken(request)) throw notFound('API key');
    // A workspace key has no owner.
    const owner = scope === 'member' ? workspace().owner() : undefined;
    const self = { href: `/api/${slug}/api_keys/${request.params.key}` };
    const links = owner === undefined ? { self } : { self, member: { href: `/api/${owner.username}` } };
    return { token_name: scope === 'member' ? 'inviter' : 'main', _links: links };
  });

  // Workspaces and people share this path. The workspace can be read by anybody, with the links that the caller may use.
  api.get<{ Params: { name: string } }>('/:name', (request) => {
    const { name } = request.params;
    if (name === slug) return renderWorkspace(request);
    const own = credentials.scope(request) === 'member' ? workspace().owner() : undefined;
    const member = workspace().people.byUsername(name);
    if (member === undefined) throw notFound('Account');
    return hal.user(member, member === own);
  });

  function renderWorkspace(request: FastifyRequest) {
    const caller = credentials.name(request);
    const known = caller === 'main' || caller === 'inviter';
    if (!known && !settings().quirks.anonymous_root) throw unauthorized();
    const isAdmin = caller === 'main';
    return {
      username: slug,
      name: slug,
      id: scalars.id(WORKSPACE_ID),
      token: WORKSPACE_TOKEN,
      ...accountFields(slug),
      user: false,
      plan_code: 'plus',
      trial_state: 'expired',
      created_at: CREATED_AT,
      ...(known ? memberFields() : {}),
      ...(isAdmin ? { membership_type: 'admin', scim_enabled: scalars.flag(settings().scim_enabled) } : {}),
      _links: {
        self: href(''),
        ...(known ? linksFor(caller) : {}),
        new_invite_web: { href: `/${slug}/invites/new` },
      },
    };
  }

  /** Fields that are only shown to callers with a valid key. */
  function memberFields() {
    const { seat_limit_reached: full } = settings();
    return {
      authorized_domains: [],
      organization_restricted: false,
      payment_method_confirmed: true,
      admin_data_source_connections_only: false,
      data_source_count: workspace().dataSources.all().length,
      // Mode always returns 0.
      space_count: 0,
      seat_limit_reached: full,
      org_seat_limit_reached: full,
    };
  }

  /** Links that the key may use. All are optional. */
  function linksFor(caller: 'main' | 'inviter') {
    const { quirks, scim_enabled: scimEnabled } = settings();
    if (quirks.root_links === 'self') return {};
    const scope = caller === 'main' ? 'workspace' : 'member';
    const serves = (scopes: string) => scopes === 'any' || scopes === scope;
    const everyone = workspace()
      .groups.all()
      .find((group) => group.everyone);
    const lists = {
      memberships: href('/memberships'),
      all_memberships: href('/memberships?filter=all'),
      admins: href('/memberships?filter=admins'),
    };
    const groups = {
      groups: href('/groups'),
      group: { ...href('/groups{/id}'), templated: true },
      data_sources: href('/data_sources'),
      api_keys: href('/api_keys'),
      ...(quirks.everyone_group && everyone ? { everyone_group: href(`/groups/${everyone.token}`) } : {}),
    };
    return {
      ...(serves(quirks.lite) ? { memberships_lite: href('/memberships/lite') } : {}),
      ...(serves(quirks.memberships) ? lists : {}),
      ...(caller === 'main' || quirks.member_key === 'admin' ? groups : {}),
      ...(caller === 'main' && scimEnabled ? { scim_token: href('/scim_token') } : {}),
      spaces: href('/spaces'),
    };
  }
}
