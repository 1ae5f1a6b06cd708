/** The workspace itself, the check of a key, and the records of users. */
import type { FastifyInstance } from 'fastify';
import { badRequest, notFound } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import { renderUser } from './hal.ts';
import type { Simulation } from './simulation.ts';

const WORKSPACE_TOKEN = 'a1b2c3d4e5f6';
export const WORKSPACE_ID = '7654321';

export function registerRootRoutes(
  api: FastifyInstance,
  simulation: Simulation,
  credentials: Credentials,
): void {
  const { slug } = simulation;

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
    // A workspace key belongs to nobody.
    const owner =
      scope === 'member' ? simulation.workspace.members().find((member) => member.admin) : undefined;
    const self = { href: `/api/${slug}/api_keys/${request.params.key}` };
    const links = owner === undefined ? { self } : { self, member: { href: `/api/${owner.username}` } };
    return { token_name: scope === 'member' ? 'inviter' : 'main', _links: links };
  });

  // One address for a workspace and for a person. The workspace answers anybody, with the links that they may use.
  api.get<{ Params: { name: string } }>('/:name', (request) => {
    const { name } = request.params;
    if (name === slug) return renderWorkspace(slug, credentials.name(request));
    credentials.scope(request);
    const member = simulation.workspace.memberByUsername(name);
    if (member === undefined) throw notFound('Account');
    return renderUser(member);
  });
}

function renderWorkspace(slug: string, caller: string) {
  const href = (path: string) => ({ href: `/api/${slug}${path}` });
  const member = { memberships_lite: href('/memberships/lite'), groups: href('/groups') };
  const admin = {
    ...member,
    memberships: href('/memberships'),
    all_memberships: href('/memberships?filter=all'),
    admins: href('/memberships?filter=admins'),
    group: { ...href('/groups{/id}'), templated: true },
  };
  const links = caller === 'main' ? admin : caller === 'inviter' ? member : {};
  return {
    username: slug,
    name: slug,
    id: WORKSPACE_ID,
    token: WORKSPACE_TOKEN,
    user: false,
    plan_code: 'plus',
    ...(caller === 'main' ? { membership_type: 'admin', scim_enabled: false } : {}),
    _links: { self: href(''), ...links, new_invite_web: { href: `/${slug}/invites/new` } },
  };
}
