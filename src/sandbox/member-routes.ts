/** Memberships of the workspace, and invites. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { badRequest, notFound, unprocessable } from './api-error.ts';
import { readWrapped } from './body.ts';
import type { Credentials } from './credentials.ts';
import { collection, renderInvite, renderLite, renderMembership } from './hal.ts';
import { WORKSPACE_ID } from './root-routes.ts';
import type { Simulation } from './simulation.ts';
import type { Member } from './workspace.ts';

const AdminChange = Type.Object({ admin: Type.Boolean() });
const InviteBody = Type.Object({ invitee: Type.Object({ email: Type.String() }), message: Type.String() });

interface ByToken {
  Params: { membership: string };
}

export function registerMemberRoutes(
  api: FastifyInstance,
  simulation: Simulation,
  credentials: Credentials,
): void {
  const { slug } = simulation;
  const base = `/${slug}/memberships`;

  /** To a member's key these addresses do not exist. */
  function asAdmin(request: FastifyRequest): void {
    if (credentials.scope(request) !== 'workspace') throw notFound('Membership');
  }

  // Paging parameters are ignored, and a filter that Mode does not know answers with the default list.
  api.get<{ Querystring: { filter?: string } }>(base, (request) => {
    asAdmin(request);
    const members = simulation.workspace.members();
    const listed = members.filter(listedUnder(request.query.filter));
    return collection(
      'memberships',
      `/api${base}`,
      listed.map((member) => renderMembership(slug, member)),
    );
  });

  api.get(`${base}/lite`, (request) => {
    credentials.scope(request);
    const listed = simulation.workspace.members().filter((member) => member.state !== 'banned');
    return collection('memberships', `/api${base}/lite`, listed.map(renderLite));
  });

  api.get<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    return renderMembership(slug, simulation.workspace.memberByMembership(request.params.membership));
  });

  // In no document: some workspaces take it.
  api.patch<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    const { admin } = readWrapped(request.body, 'membership', AdminChange);
    const member = simulation.workspace.memberByMembership(request.params.membership);
    simulation.workspace.setAdmin(member, admin);
    return renderMembership(slug, member);
  });

  api.delete<ByToken>(`${base}/:membership`, (request) => {
    asAdmin(request);
    const member = simulation.workspace.memberByMembership(request.params.membership);
    if (member.state === 'banned') throw notFound('Membership');
    simulation.workspace.remove(member, simulation.settings.quirks.membership_delete === 'vanish');
    return renderMembership(slug, member);
  });

  api.post(`/${slug}/invites`, (request) => {
    if (credentials.scope(request) === 'workspace') {
      throw badRequest('This endpoint is unsupported for use with Api Keys');
    }
    const { invitee, message } = readWrapped(request.body, 'invite', InviteBody);
    if (!/^[^@\s]+@[^@\s]+$/.test(invitee.email)) throw unprocessable('email', 'is invalid');
    const invite = simulation.workspace.invite(invitee.email, message);
    const member = simulation.workspace.memberByUsername(invite.inviteeUsername);
    return renderInvite(WORKSPACE_ID, invite, member);
  });
}

function listedUnder(filter: string | undefined): (member: Member) => boolean {
  if (filter === 'all') return () => true;
  if (filter === 'admins') return (member) => member.state === 'active' && member.admin;
  return (member) => member.state !== 'banned';
}
