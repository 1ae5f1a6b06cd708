/** Routes of collections, which the API calls spaces: `/spaces` and `/collections` are the same. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { badRequest, forbidden } from '../api-error.ts';
import { recordCall, type ApiContext } from '../api-context.ts';
import { readWrapped } from '../body.ts';
import { knownFilter, pageOf, type PageQuery } from '../collection.ts';
import { createScalars } from '../hal.ts';
import { registerPermissionRoutes } from './permission-routes.ts';
import type { Space } from '../../world/resources.ts';
import { registerSpaceMemberRoutes } from './space-member-routes.ts';

const NewSpace = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: Type.Optional(Type.String()),
  space_type: Type.Optional(Type.Enum(['private', 'community', 'custom'])),
  default_access_level: Type.Optional(Type.Enum(['view', 'edit', 'none'])),
});
const SpaceChange = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1 })),
  description: Type.Optional(Type.String()),
  default_access_level: Type.Optional(Type.Enum(['view', 'edit', 'restricted'])),
});

interface ByToken {
  Params: { space: string };
}

export function registerSpaceRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials } = context;
  const { slug, settings, workspace } = simulation;
  const scalars = createScalars(simulation);

  const entity = ({ name, token }: Space) => ({
    entity_name: name,
    entity_type: 'space',
    entity_id: token,
  });

  function find(token: string): Space {
    if (workspace().spaces.wasDeleted(token) && settings().quirks.deleted_space === 403)
      throw forbidden('You do not have access to this collection');
    return workspace().spaces.get(token);
  }

  /** Both names serve the same list; links have the newer name. */
  for (const name of ['spaces', 'collections']) {
    const base = `/${slug}/${name}`;

    // Without a filter, the caller's collections. Private ones are left out: key owners have none here.
    api.get<{ Querystring: PageQuery & { filter?: string } }>(base, (request) => {
      const scope = credentials.scope(request);
      const filter = knownFilter(request.query.filter, ['all', 'custom', 'mine'], settings());
      const all = workspace().spaces.all();
      const own = all.filter((space) => space.spaceType !== 'private');
      const found =
        filter === 'all' && scope === 'workspace'
          ? all
          : own.filter((space) => filter !== 'custom' || space.spaceType === 'custom');
      const list = { key: 'spaces', path: `/api${base}`, deadEnd: `/api/1/spaces.${slug}`, render: listed };
      return pageOf(found, request.query, settings(), list);
    });

    api.post(base, (request) => {
      credentials.admin(request);
      const body = readWrapped(request.body, 'space', NewSpace);
      const space = workspace().spaces.add({
        name: body.name,
        ...(body.description === undefined ? {} : { description: body.description }),
        ...(body.space_type === undefined ? {} : { spaceType: body.space_type }),
        defaultAccessLevel: body.default_access_level ?? 'none',
      });
      recordCall(context, request, 'collection_created', entity(space));
      return render(space);
    });

    api.get<ByToken>(`${base}/:space`, (request) => {
      credentials.scope(request);
      return render(find(request.params.space), true);
    });

    api.patch<ByToken>(`${base}/:space`, (request) => {
      credentials.admin(request);
      const space = find(request.params.space);
      const change = readWrapped(request.body, 'space', SpaceChange);
      space.name = change.name ?? space.name;
      space.description = change.description ?? space.description;
      space.defaultAccessLevel = change.default_access_level ?? space.defaultAccessLevel;
      recordCall(context, request, 'collection_changed', entity(space));
      return render(space);
    });

    api.delete<ByToken>(`${base}/:space`, (request) => {
      credentials.admin(request);
      const space = find(request.params.space);
      workspace().spaces.remove(space);
      recordCall(context, request, 'collection_deleted', entity(space));
      return render(space);
    });

    registerPermissionRoutes(api, context, {
      base: `${base}/:resource/permissions`,
      key: 'space_entitlements',
      actions: ['view', 'edit'],
      entityType: 'space',
      find: shared,
      get: (permission) => permission,
    });
    registerSpaceMemberRoutes(api, context, base, shared);
  }

  /** Only the owner can share a private collection. @throws ApiError */
  function shared(token: string): Space {
    const space = find(token);
    if (space.spaceType === 'private') throw badRequest('Invalid space');
    return space;
  }

  const listed = (space: Space) => render(space, false);

  /** @param alone false in a list, where Mode returns `viewable?: false` for every collection */
  function render(space: Space, alone = true) {
    const owner = workspace().owner()?.username ?? slug;
    const self = `/api/${slug}/collections/${space.token}`;
    return {
      token: space.token,
      id: scalars.id(space.id),
      space_type: space.spaceType,
      name: space.name,
      description: space.description === '' ? null : space.description,
      state: 'active',
      // Mode returns these two values for every collection.
      restricted: false,
      free_default: false,
      'viewable?': alone,
      // "none" in a write is "restricted" in a read.
      default_access_level: space.defaultAccessLevel === 'none' ? 'restricted' : space.defaultAccessLevel,
      _links: {
        self: { href: self },
        detail: { href: `${self}/detail` },
        web: { href: `/${slug}/spaces/${space.token}` },
        reports: { href: `${self}/reports` },
        creator: { href: `/api/${owner}` },
        ...(space.spaceType === 'custom' ? { space_memberships: { href: `${self}/memberships` } } : {}),
        search_space_permissions: { href: `${self}/permissions/search` },
      },
    };
  }
}
