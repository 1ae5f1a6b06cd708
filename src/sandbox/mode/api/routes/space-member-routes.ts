/**
 * Routes of collection members, which Mode calls deprecated, and the search for people and groups that can get access.
 * Members and permissions of a collection are the same data in two formats.
 */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { notFound } from '../api-error.ts';
import type { ApiContext } from '../api-context.ts';
import { readWrapped } from '../body.ts';
import { collection } from '../collection.ts';
import { memberTypeOf } from '../../world/permission-holder.ts';
import type { AccessorType, Permission } from '../../world/permissions.ts';
import type { Space } from '../../world/resources.ts';

const NewMember = Type.Object({
  member_type: Type.Enum(['User', 'account', 'UserGroup']),
  member_token: Type.String(),
});

interface SpaceParams {
  Params: { space: string };
}
interface TokenParams {
  Params: { space: string; membership: string };
}
interface Search {
  Params: { resource: string };
  Querystring: { query?: string };
}

/**
 * @param base path of the list of collections, under either of its names
 * @param find @throws ApiError for a collection that does not exist or is private
 */
export function registerSpaceMemberRoutes(
  api: FastifyInstance,
  { simulation, credentials }: ApiContext,
  base: string,
  find: (token: string) => Space,
): void {
  const { slug, workspace } = simulation;

  api.get<SpaceParams>(`${base}/:space/memberships`, (request) => {
    credentials.scope(request);
    const space = find(request.params.space);
    const rows = space.permissions.all().filter(workspace().hasAccessor);
    return collection(
      'space_memberships',
      hrefOf(space),
      rows.map((row) => render(space, row)),
    );
  });

  api.post<SpaceParams>(`${base}/:space/memberships`, (request) => {
    credentials.admin(request);
    const space = find(request.params.space);
    const { member_type: type, member_token: token } = readWrapped(request.body, 'membership', NewMember);
    const holder = {
      accessorType: type === 'UserGroup' ? 'UserGroup' : 'Account',
      accessorToken: token,
    } as const;
    if (!workspace().hasAccessor(holder)) throw notFound('Member');
    return render(space, space.permissions.add('edit', holder));
  });

  api.get<TokenParams>(`${base}/:space/memberships/:membership`, (request) => {
    credentials.scope(request);
    const space = find(request.params.space);
    return render(space, space.permissions.get(request.params.membership));
  });

  api.delete<TokenParams>(`${base}/:space/memberships/:membership`, (request) => {
    credentials.admin(request);
    const space = find(request.params.space);
    const row = space.permissions.get(request.params.membership);
    space.permissions.remove(row);
    return render(space, row);
  });

  // All people and groups that can get access to the collection, with their current access.
  api.get<Search>(`${base}/:resource/permissions/search`, (request) => {
    credentials.admin(request);
    const space = find(request.params.resource);
    const wanted = (request.query.query ?? '').toLowerCase();
    const people = workspace()
      .people.all()
      .filter(({ state }) => state === 'active')
      .map(({ memberToken, name, username, email }) => ({
        type: 'Account' as const,
        token: memberToken,
        name,
        username,
        found: [name, username, email],
      }));
    const groups = workspace()
      .groups.all()
      .filter(({ state, everyone }) => state === 'active' && !everyone)
      .map(({ token, name }) => ({ type: 'UserGroup' as const, token, name, username: null, found: [name] }));
    const rows = [...people, ...groups]
      .filter(({ found }) => found.some((text) => text.toLowerCase().includes(wanted)))
      .map(({ type, token, name, username }) => ({
        member_token: token,
        member_type: memberTypeOf(type, 'user'),
        ...(username === null ? {} : { member_id: username }),
        name,
        action: space.permissions.ofAccessor(token)?.action ?? null,
      }));
    return collection('space_entitlements', `${hrefOf(space, 'permissions')}/search`, rows);
  });

  function hrefOf({ token }: Space, list = 'memberships'): string {
    return `/api/${slug}/collections/${token}/${list}`;
  }

  function render(space: Space, { token, accessorType, accessorToken }: Permission) {
    const member = workspace().people.byToken(accessorToken);
    const owner = workspace().owner()?.username ?? slug;
    return {
      token,
      member_token: accessorToken,
      member_type: memberTypeOf(accessorType, 'account'),
      member_id: idOf(accessorType, accessorToken),
      ...(member === undefined ? {} : { email: member.email }),
      _links: {
        self: { href: `${hrefOf(space)}/${token}` },
        member: { href: linkTo(accessorType, accessorToken) },
        creator: { href: `/api/${owner}` },
      },
    };
  }

  /** The username of a person, or the token of a group. */
  function idOf(type: AccessorType, token: string): string {
    return type === 'Account' ? (workspace().people.byToken(token)?.username ?? token) : token;
  }

  function linkTo(type: AccessorType, token: string): string {
    return type === 'Account' ? `/api/${idOf(type, token)}` : `/api/${slug}/groups/${token}`;
  }
}
