/** Permission routes. Collections and data sources have the same routes, with different actions. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { badRequest, notFound } from '../api-error.ts';
import { recordCall, type ApiContext } from '../api-context.ts';
import { readWrapped } from '../body.ts';
import { collection } from '../collection.ts';
import { holderOf } from '../../world/permission-holder.ts';
import type { Permission, Permissions } from '../../world/permissions.ts';

const NewPermission = Type.Object({
  action: Type.String(),
  accessor_type: Type.Enum(['Account', 'UserGroup']),
  accessor_token: Type.String(),
});
const PermissionChange = Type.Object({ action: Type.String() });

interface Resource {
  readonly token: string;
  readonly name: string;
  readonly permissions: Permissions;
}

export interface PermissionRoutes {
  /** Path of the list, with `:resource` in it. */
  readonly base: string;
  /** Key of the list under `_embedded`. */
  readonly key: string;
  readonly actions: readonly string[];
  readonly entityType: string;
  /** @throws ApiError */
  find(token: string): Resource;
  /** Called by GET of one permission; may throw instead. @throws ApiError */
  get(permission: Permission): Permission;
}

interface OfResource {
  Params: { resource: string };
}
interface ByToken {
  Params: { resource: string; permission: string };
}

export function registerPermissionRoutes(
  api: FastifyInstance,
  context: ApiContext,
  { base, key, actions, entityType, find, get }: PermissionRoutes,
): void {
  const { simulation, credentials } = context;
  const { workspace } = simulation;

  api.get<OfResource>(base, (request) => {
    credentials.admin(request);
    const resource = find(request.params.resource);
    const listed = resource.permissions.all().filter(workspace().hasAccessor);
    return collection(
      key,
      hrefOf(resource),
      listed.map((permission) => render(resource, permission)),
    );
  });

  api.post<OfResource>(base, (request) => {
    credentials.admin(request);
    const resource = find(request.params.resource);
    const body = readWrapped(request.body, 'permission', NewPermission);
    const accessor = { accessorType: body.accessor_type, accessorToken: body.accessor_token };
    if (!workspace().hasAccessor(accessor)) throw notFound('Accessor');
    const permission = resource.permissions.add(allowed(body.action), accessor);
    record(request, 'added', resource, permission);
    return render(resource, permission);
  });

  api.get<ByToken>(`${base}/:permission`, (request) => {
    credentials.admin(request);
    const resource = find(request.params.resource);
    return render(resource, get(resource.permissions.get(request.params.permission)));
  });

  api.patch<ByToken>(`${base}/:permission`, (request) => {
    credentials.admin(request);
    const resource = find(request.params.resource);
    const permission = resource.permissions.get(request.params.permission);
    permission.action = allowed(readWrapped(request.body, 'permission', PermissionChange).action);
    record(request, 'changed', resource, permission);
    return render(resource, permission);
  });

  api.delete<ByToken>(`${base}/:permission`, (request) => {
    credentials.admin(request);
    const resource = find(request.params.resource);
    const permission = resource.permissions.get(request.params.permission);
    resource.permissions.remove(permission);
    record(request, 'removed', resource, permission);
    return render(resource, permission);
  });

  function allowed(action: string): string {
    if (actions.includes(action)) return action;
    throw badRequest(`action must be one of ${actions.join(', ')}`);
  }

  function hrefOf(resource: Resource): string {
    return `/api${base.replace(':resource', resource.token)}`;
  }

  function render(resource: Resource, permission: Permission) {
    const { token, action } = permission;
    return {
      token,
      action,
      ...holderOf(permission, simulation.settings().quirks.permission_holder),
      _links: { self: { href: `${hrefOf(resource)}/${token}` } },
    };
  }

  /** Only the action name for "a group gets access to a connection" is public. */
  function record(
    request: FastifyRequest,
    what: 'added' | 'changed' | 'removed',
    { name, token }: Resource,
    { action, accessorType, accessorToken }: Permission,
  ): void {
    const thing = entityType === 'workspace_connection' ? 'connection' : 'collection';
    const accessor = accessorType === 'UserGroup' ? 'group' : 'member';
    const verb = what === 'added' ? 'added_with_role' : what === 'changed' ? 'role_changed' : 'removed';
    recordCall(
      context,
      request,
      `${thing}_${accessor}_${verb}`,
      { entity_name: name, entity_type: entityType, entity_id: token },
      { role: action, [`${accessor}_id`]: accessorToken },
    );
  }
}
