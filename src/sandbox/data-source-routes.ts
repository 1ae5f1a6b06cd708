/** Data sources, which people call connections. */
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { collection } from './collection.ts';
import { createScalars } from './hal.ts';
import { registerPermissionRoutes } from './permission-routes.ts';
import type { DataSource } from './resources.ts';

export function registerDataSourceRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials } = context;
  const { slug, settings, workspace } = simulation;
  const base = `/${slug}/data_sources`;
  const scalars = createScalars(simulation);

  // Never paged.
  api.get(base, (request) => {
    credentials.scope(request);
    return collection('data_sources', `/api${base}`, workspace().dataSources.all().map(render));
  });

  api.get<{ Params: { source: string } }>(`${base}/:source`, (request) => {
    credentials.scope(request);
    return render(workspace().dataSources.get(request.params.source));
  });

  registerPermissionRoutes(api, context, {
    base: `${base}/:resource/permissions`,
    key: 'data_source_entitlements',
    actions: ['view', 'query', 'manage'],
    entityType: 'workspace_connection',
    find: (token) => workspace().dataSources.get(token),
    get: (permission) => {
      if (settings().quirks.permission_get === 500)
        throw new ApiError(500, { id: 'internal_error', message: 'Internal server error' });
      return permission;
    },
  });

  function render({ token, id, name, adapter }: DataSource) {
    const self = `/api${base}/${token}`;
    return {
      token,
      id: scalars.id(id),
      name,
      adapter,
      public: false,
      _links: { self: { href: self }, permissions: { href: `${self}/permissions` } },
    };
  }
}
