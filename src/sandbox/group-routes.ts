/** Groups and their members. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { badRequest, notFound } from './api-error.ts';
import { readWrapped } from './body.ts';
import type { Credentials } from './credentials.ts';
import type { Group } from './groups.ts';
import { collection, renderGroup, renderGroupMembership } from './hal.ts';
import type { Simulation } from './simulation.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 30;

const GroupBody = Type.Object({ name: Type.String() });
const MemberBody = Type.Object({ member_token: Type.String() });

interface ByToken {
  Params: { group: string };
}
interface ByMembership {
  Params: { group: string; membership: string };
}
interface Listing {
  Querystring: { page?: string; per_page?: string; member?: string; data_source?: string };
}

export function registerGroupRoutes(
  api: FastifyInstance,
  simulation: Simulation,
  credentials: Credentials,
): void {
  const { slug } = simulation;
  const base = `/${slug}/groups`;

  api.get<Listing>(base, (request) => {
    credentials.scope(request);
    const { member, data_source: dataSource } = request.query;
    if (dataSource !== undefined && member === undefined)
      throw badRequest('When sending data source, must send user');
    const person =
      member === undefined ? undefined : simulation.workspace.memberByUsername(member)?.memberToken;
    const groups = simulation.workspace.groups
      .all()
      .filter(
        (group) => group.state === 'active' && (member === undefined || group.members.has(person ?? '')),
      );
    const page = Math.max(1, Number(request.query.page ?? 1) || 1);
    const perPage = Math.min(
      MAX_PAGE,
      Math.max(1, Number(request.query.per_page ?? DEFAULT_PAGE) || DEFAULT_PAGE),
    );
    const listed = groups.slice((page - 1) * perPage, page * perPage);
    return {
      _embedded: { groups: listed.map((group) => renderGroup(slug, group)) },
      // The next page is told even past the end, at an address that does not exist.
      _links: {
        self: { href: `/api${base}` },
        next_page: { href: `/api/1/groups.${slug}?page=${page + 1}` },
      },
      pagination: {
        page,
        per_page: perPage,
        count: listed.length,
        total_pages: Math.max(1, Math.ceil(groups.length / perPage)),
        total_count: groups.length,
      },
    };
  });

  api.post(base, (request) => {
    credentials.scope(request);
    const { name } = readWrapped(request.body, 'user_group', GroupBody);
    return renderGroup(slug, simulation.workspace.groups.create(name));
  });

  api.get<ByToken>(`${base}/:group`, (request) => {
    credentials.scope(request);
    return renderGroup(slug, simulation.workspace.groups.get(request.params.group));
  });

  api.patch<ByToken>(`${base}/:group`, (request) => {
    credentials.scope(request);
    const group = simulation.workspace.groups.get(request.params.group);
    simulation.workspace.groups.rename(group, readWrapped(request.body, 'user_group', GroupBody).name);
    return renderGroup(slug, group);
  });

  api.delete<ByToken>(`${base}/:group`, (request) => {
    credentials.scope(request);
    const group = simulation.workspace.groups.get(request.params.group);
    simulation.workspace.groups.remove(group);
    return renderGroup(slug, group);
  });

  // The whole list, whatever page is asked for; a filter that Mode does not know changes nothing.
  api.get<ByToken & { Querystring: { filter?: string; user_id?: string } }>(
    `${base}/:group/memberships`,
    (request) => {
      credentials.scope(request);
      const group = activeGroup(request.params.group);
      const { filter, user_id: userId } = request.query;
      const rows = memberships(group).filter(
        (row) => filter !== 'by_user_id' || row.member.userId === userId,
      );
      return collection(
        'group_memberships',
        `/api${base}/${group.token}/memberships`,
        rows.map(({ member, token }) => renderGroupMembership(slug, group, member, token)),
      );
    },
  );

  api.post<ByToken>(`${base}/:group/memberships`, (request) => {
    credentials.scope(request);
    const group = activeGroup(request.params.group);
    const { member_token: memberToken } = readWrapped(request.body, 'membership', MemberBody);
    simulation.workspace.groups.addMember(group, memberToken);
    return render(group, (row) => row.member.memberToken === memberToken);
  });

  api.get<ByMembership>(`${base}/:group/memberships/:membership`, (request) => {
    credentials.scope(request);
    return render(activeGroup(request.params.group), (row) => row.token === request.params.membership);
  });

  api.delete<ByMembership>(`${base}/:group/memberships/:membership`, (request) => {
    credentials.scope(request);
    const group = activeGroup(request.params.group);
    const answer = render(group, (row) => row.token === request.params.membership);
    simulation.workspace.groups.removeMember(group, request.params.membership);
    return answer;
  });

  function activeGroup(token: string): Group {
    const group = simulation.workspace.groups.get(token);
    if (group.state !== 'active') throw notFound('Group');
    return group;
  }

  function memberships(group: Group) {
    const active = simulation.workspace.members().filter((member) => member.state === 'active');
    return active.flatMap((member) => {
      const token = group.everyone ? member.membershipToken : group.members.get(member.memberToken);
      return token === undefined ? [] : [{ member, token }];
    });
  }

  function render(group: Group, wanted: (row: ReturnType<typeof memberships>[number]) => boolean) {
    const row = memberships(group).find(wanted);
    if (row === undefined) throw notFound('Membership');
    return renderGroupMembership(slug, group, row.member, row.token);
  }
}
