/** Routes of group members. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound } from '../api-error.ts';
import { recordCall, type ApiContext } from '../api-context.ts';
import { groupEntity } from '../../world/audit-log.ts';
import { readWrapped } from '../body.ts';
import { collection, knownFilter } from '../collection.ts';
import type { GroupMembership } from '../../world/group-members.ts';
import type { Group } from '../../world/groups.ts';
import type { Simulation } from '../../world/simulation.ts';

/** Number of rows with `filter=preview`. */
const PREVIEW = 5;

const MemberBody = Type.Object({ member_token: Type.String() });

interface OfGroup {
  Params: { group: string };
}
interface ByToken {
  Params: { group: string; membership: string };
}
interface Listing extends OfGroup {
  Querystring: { filter?: string; user_id?: string };
}

export function registerGroupMemberRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials, hal } = context;
  const { slug, settings, workspace } = simulation;
  const base = `/${slug}/groups/:group/memberships`;

  const render = (group: Group) => (row: GroupMembership) =>
    hal.groupMembership(group, row, workspace().people.byToken(row.memberToken));

  // The whole list; `page` and `per_page` are ignored.
  api.get<Listing>(base, (request) => {
    credentials.admin(request);
    const group = activeGroup(request.params.group);
    const filter = knownFilter(request.query.filter, ['by_user_id', 'preview'], settings());
    const rows = listedMemberships(simulation, group).filter(
      ({ memberToken }, index) =>
        (filter !== 'by_user_id' ||
          workspace().people.byToken(memberToken)?.userId === request.query.user_id) &&
        (filter !== 'preview' || index < PREVIEW),
    );
    const href = `/api/${slug}/groups/${group.token}/memberships`;
    return collection('group_memberships', href, rows.map(render(group)));
  });

  api.post<OfGroup>(base, (request) => {
    credentials.admin(request);
    const group = activeGroup(request.params.group);
    const { member_token: memberToken } = readWrapped(request.body, 'membership', MemberBody);
    const row = workspace().groups.addMember(group, memberToken);
    record(request, 'group_member_added', group, memberToken);
    return render(group)(row);
  });

  api.get<ByToken>(`${base}/:membership`, (request) => {
    credentials.admin(request);
    const group = activeGroup(request.params.group);
    return render(group)(find(group, request.params.membership));
  });

  api.delete<ByToken>(`${base}/:membership`, (request) => {
    credentials.admin(request);
    const group = activeGroup(request.params.group);
    const row = workspace().groups.removeMember(group, request.params.membership);
    record(request, 'group_member_removed', group, row.memberToken);
    return render(group)(row);
  });

  function activeGroup(token: string): Group {
    const group = workspace().groups.get(token);
    if (group.state !== 'active' || (group.everyone && !settings().quirks.everyone_group))
      throw notFound('Group');
    return group;
  }

  function find(group: Group, token: string): GroupMembership {
    const row = listedMemberships(simulation, group).find((each) => each.token === token);
    if (row === undefined) throw notFound('Membership');
    return row;
  }

  function record(request: FastifyRequest, action: string, group: Group, memberToken: string): void {
    recordCall(context, request, action, groupEntity(group), {
      group_id: group.token,
      group_name: group.name,
      username: workspace().people.byToken(memberToken)?.username ?? '',
    });
  }
}

/** The built-in group lists all active members, each with the token of the workspace membership. */
export function listedMemberships(
  { workspace, clock }: Simulation,
  group: Group,
): readonly GroupMembership[] {
  if (!group.everyone) return group.members.listed(clock.now());
  return workspace()
    .people.all()
    .filter((member) => member.state === 'active')
    .map(({ membershipToken, memberToken }) => ({ token: membershipToken, memberToken, from: 0 }));
}
