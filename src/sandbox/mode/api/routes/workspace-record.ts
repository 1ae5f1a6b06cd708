/** The record of a workspace. Everybody can read it, with the fields and links that the caller may use. */
import type { FastifyRequest } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { accountFields, createScalars } from '../hal.ts';

const CREATED_AT = '2020-01-02T03:04:05.678Z';

/** @throws ApiError 401 or 404 for a caller without a key of the workspace, depending on the quirk `anonymous_root` */
export function renderWorkspace({ simulation, credentials }: ApiContext, request: FastifyRequest) {
  const { slug, id, token, settings, workspace } = simulation;
  const scalars = createScalars(simulation);
  const href = (path: string) => ({ href: `/api/${slug}${path}` });
  const caller = credentials.name(request);
  const key = caller === 'main' || caller === 'inviter' ? caller : undefined;
  if (key === undefined && !settings().quirks.anonymous_root) credentials.scope(request);
  return {
    username: slug,
    name: slug,
    id: scalars.id(id),
    token,
    ...accountFields(slug),
    user: false,
    plan_code: 'plus',
    trial_state: 'expired',
    created_at: CREATED_AT,
    ...(key === undefined ? {} : memberFields()),
    ...(key === 'main'
      ? { membership_type: 'admin', scim_enabled: scalars.flag(settings().scim_enabled) }
      : {}),
    _links: {
      self: href(''),
      ...(key === undefined ? {} : linksFor(key)),
      new_invite_web: { href: `/${slug}/invites/new` },
    },
  };

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
  function linksFor(name: 'main' | 'inviter') {
    const { quirks, scim_enabled: scimEnabled } = settings();
    if (quirks.root_links === 'self') return {};
    const scope = name === 'main' ? 'workspace' : 'member';
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
      ...(name === 'main' || quirks.member_key === 'admin' ? groups : {}),
      ...(name === 'main' && scimEnabled ? { scim_token: href('/scim_token') } : {}),
      spaces: href('/spaces'),
    };
  }
}
