/** Routes of workspace memberships and invites. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound, refusal, unprocessable } from '../api-error.ts';
import { recordCall, type ApiContext } from '../api-context.ts';
import { memberEntity } from '../../world/audit-log.ts';
import { readWrapped } from '../body.ts';
import { collection, knownFilter } from '../collection.ts';
import type { Member } from '../../world/member.ts';
import type { Settings } from '../../behaviour/settings.ts';

const AdminChange = Type.Object({ admin: Type.Boolean() });
const InviteBody = Type.Object({ invitee: Type.Object({ email: Type.String() }), message: Type.String() });

interface ByToken {
  Params: { membership: string };
}

export function registerMemberRoutes(api: FastifyInstance, context: ApiContext): void {
  const { simulation, credentials, hal } = context;
  const { slug, settings, workspace } = simulation;
  const base = `/${slug}/memberships`;

  const asAdmin = (request: FastifyRequest) => {
    credentials.only(request, settings().quirks.memberships, 'Membership');
  };

  // `page` and `per_page` are ignored.
  api.get<{ Querystring: { filter?: string } }>(base, (request) => {
    asAdmin(request);
    const filter = knownFilter(request.query.filter, ['all', 'admins'], settings());
    const listed = workspace().people.all().filter(listedUnder(filter, settings()));
    return collection('memberships', `/api${base}`, listed.map(hal.membership));
  });

  api.get(`${base}/lite`, (request) => {
    credentials.only(request, settings().quirks.lite, 'Membership');
    const lists = settings().quirks.lite_lists;
    const listed = workspace()
      .people.all()
      .filter(
        ({ state }) => lists === 'all' || state === 'active' || (lists === 'present' && state !== 'banned'),
      );
    return collection('memberships', `/api${base}/lite`, listed.map(hal.lite));
  });

  api.get<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    return hal.membership(workspace().memberByMembership(request.params.membership));
  });

  // Undocumented: some workspaces apply it, some return 200 and do nothing.
  api.patch<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    const patch = settings().quirks.membership_patch;
    if (patch === 'refused') throw notFound('Page');
    const { admin } = readWrapped(request.body, 'membership', AdminChange);
    const member = workspace().memberByMembership(request.params.membership);
    if (patch === 'ignored') return hal.membership(member);
    workspace().setAdmin(member, admin);
    recordCall(context, request, 'membership_role_changed', memberEntity(member), {
      role: admin ? 'admin' : 'member',
    });
    return hal.membership(member);
  });

  api.delete<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    const member = workspace().memberByMembership(request.params.membership);
    if (member.state === 'banned') throw notFound('Membership');
    workspace().remove(member);
    recordCall(context, request, 'membership_removed', memberEntity(member));
    return hal.membership(member);
  });

  api.post(`/${slug}/invites`, (request) => {
    const { invite_keys: keys, invite_refusal: status } = settings().quirks;
    const scope = credentials.scope(request);
    if (keys === 'none' || (keys === 'member' && scope !== 'member'))
      throw refusal(status, 'This endpoint', 'is unsupported for use with Api Keys');
    const { invitee, message } = readWrapped(request.body, 'invite', InviteBody);
    if (settings().seat_limit_reached)
      throw refusal(settings().quirks.seat_limit_refusal, 'invite', 'cannot be sent: all seats are taken');
    if (!/^[^@\s]+@[^@\s]+$/.test(invitee.email)) throw unprocessable('email', 'is invalid');
    const invite = workspace().invites.send(invitee.email, message);
    const member = workspace().people.byToken(invite.memberToken);
    if (member !== undefined) recordCall(context, request, 'member_invited', memberEntity(member));
    return hal.invite(invite, member, workspace().owner());
  });
}

function listedUnder(
  filter: 'all' | 'admins' | undefined,
  { quirks }: Settings,
): (member: Member) => boolean {
  if (filter === 'admins') return (member) => member.state === 'active' && member.admin;
  if (filter === 'all' || quirks.memberships_list === 'all') return () => true;
  return (member) => member.state !== 'banned';
}
