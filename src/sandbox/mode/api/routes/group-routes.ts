/** Routes of groups. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { badRequest, notFound } from '../api-error.ts';
import { recordCall, type ApiContext } from '../api-context.ts';
import { groupEntity } from '../../world/audit-log.ts';
import { readWrapped } from '../body.ts';
import { pageOf, type PageQuery } from '../collection.ts';
import { listedMemberships } from './group-member-routes.ts';
import type { Group } from '../../world/groups.ts';
import type { Permissions } from '../../world/permissions.ts';

const GroupBody = Type.Object({ name: Type.String() });

interface ByToken {
  Params: { group: string };
}
interface Listing {
  Querystring: PageQuery & { member?: string; data_source?: string };
}

export function registerGroupRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials, hal } = context;
  const { slug, settings, workspace } = simulation;
  const base = `/${slug}/groups`;

  const render = (group: Group) => {
    const count = (resources: readonly { readonly permissions: Permissions }[]) =>
      resources.filter(({ permissions }) => permissions.ofAccessor(group.token) !== undefined).length;
    return hal.group(group, {
      members: listedMemberships(simulation, group).length,
      spaces: count(workspace().spaces.all()),
      dataSources: count(workspace().dataSources.all()),
    });
  };

  api.get<Listing>(base, (request) => {
    credentials.admin(request);
    const { member, data_source: dataSource } = request.query;
    if (dataSource !== undefined && member === undefined)
      throw badRequest('When sending data source, must send user');
    const person = member === undefined ? undefined : workspace().people.byUsername(member);
    const { everyone_group: everyone, deleted_groups_listed: deletedListed } = settings().quirks;
    const groups = workspace()
      .groups.all()
      .filter((group) => group.state === 'active' || deletedListed)
      .filter((group) => everyone || !group.everyone)
      .filter(
        (group) => member === undefined || group.members.ofMember(person?.memberToken ?? '').length > 0,
      );
    const list = { key: 'groups', path: `/api${base}`, deadEnd: `/api/1/groups.${slug}`, render };
    return pageOf(groups, request.query, settings(), list);
  });

  api.post(base, (request) => {
    credentials.admin(request);
    const { name } = readWrapped(request.body, 'user_group', GroupBody);
    const group = workspace().groups.create(name);
    recordCall(context, request, 'group_created', groupEntity(group));
    return render(group);
  });

  api.get<ByToken>(`${base}/:group`, (request) => {
    credentials.admin(request);
    return render(findGroup(context, request.params.group));
  });

  api.patch<ByToken>(`${base}/:group`, (request) => {
    credentials.admin(request);
    const group = findGroup(context, request.params.group);
    const before = group.name;
    workspace().groups.rename(group, readWrapped(request.body, 'user_group', GroupBody).name);
    recordCall(context, request, 'group_renamed', groupEntity(group), { previous_name: before });
    return render(group);
  });

  api.delete<ByToken>(`${base}/:group`, (request) => {
    credentials.admin(request);
    const group = findGroup(context, request.params.group);
    workspace().groups.remove(group);
    recordCall(context, request, 'group_deleted', groupEntity(group));
    return render(group);
  });
}

/** Also finds deleted groups, depending on the quirk `deleted_group`. @throws ApiError 404 */
function findGroup({ simulation }: ApiContext, token: string): Group {
  const { everyone_group: everyone, deleted_group: deleted } = simulation.settings().quirks;
  const group = simulation.workspace().groups.get(token);
  if (group.everyone && !everyone) throw notFound('Group');
  if (group.state !== 'active' && deleted === 'not_found') throw notFound('Group');
  return group;
}
