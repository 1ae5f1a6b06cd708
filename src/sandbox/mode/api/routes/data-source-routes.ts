/** Data sources, which Mode's UI calls connections. */
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { internalError } from '../api-error.ts';
import { collection } from '../collection.ts';
import { createScalars } from '../hal.ts';
import { registerPermissionRoutes } from './permission-routes.ts';
import type { DataSource } from '../../world/resources.ts';

export function registerDataSourceRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials } = context;
  const { slug, settings, workspace } = simulation;
  const base = `/${slug}/data_sources`;
  const scalars = createScalars(simulation);

  // This list has no pages.
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
      if (settings().quirks.permission_get === 500) throw internalError();
      return permission;
    },
  });

  /** The properties that Mode documents. Deleted data sources stay in the list, with `soft_deleted`. */
  function render({ token, id, name, adapter, softDeleted, createdAt }: DataSource) {
    const self = `/api${base}/${token}`;
    const owner = workspace().owner()?.username ?? slug;
    const created = new Date(createdAt).toISOString();
    return {
      id: scalars.id(id),
      name,
      description: '',
      token,
      adapter,
      created_at: created,
      updated_at: created,
      has_expensive_schema_updates: false,
      public: false,
      asleep: false,
      queryable: !softDeleted,
      soft_deleted: softDeleted,
      display_name: name,
      account_id: scalars.id(simulation.id),
      account_username: slug,
      organization_token: simulation.token,
      organization_plan_code: 'plus',
      database: 'warehouse',
      host: 'db.example',
      port: 5432,
      ssl: true,
      username: 'reader',
      provider: 'postgresql',
      vendor: 'postgresql',
      ldap: false,
      warehouse: null,
      bridged: false,
      adapter_version: '1.0',
      custom_attributes: {},
      default_access_level: 'restricted',
      _links: {
        self: { href: self },
        creator: { href: `/api/${owner}` },
        account: { href: `/api/${slug}` },
        permissions: { href: `${self}/permissions` },
        web: { href: `/organizations/${slug}/data_sources/${token}` },
        web_home: { href: `/${slug}/data_sources/${token}` },
      },
    };
  }
}
