/**
 * Mode's own SCIM endpoint, served while the setting `scim_enabled` is true. It only has the people and groups that it
 * created. Its users are members at once, without an invite. A deactivated user leaves all groups. Mode does not document
 * the URL or the exact responses: this is the part of RFC 7644 that a client needs.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import type { Group } from '../../world/groups.ts';
import type { Member } from '../../world/member.ts';
import { applyOperations, type PatchOperation } from './own-scim-patch.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

type Fields = Readonly<Record<string, unknown>>;
interface ById {
  readonly Params: { readonly id: string };
}
interface ByFilter {
  readonly Querystring: { readonly filter?: string };
}

/** @param token the bearer token of the one IdP app that the endpoint serves */
export function registerOwnScim(
  scope: FastifyInstance,
  { simulation }: Pick<ApiContext, 'simulation'>,
  token: string,
): void {
  const workspace = () => simulation.workspace();
  const people = () =>
    workspace()
      .people.all()
      .filter((member) => member.managedByScim);
  const groups = () =>
    workspace()
      .groups.all()
      .filter((group) => group.managed && group.state === 'active');

  scope.addHook('onRequest', async (request, reply) => {
    if (!simulation.settings().scim_enabled) return fail(reply, 404, 'SCIM is not on');
    if (request.headers.authorization !== `Bearer ${token}`)
      return fail(reply, 401, 'The token is not valid');
    simulation.catchUp();
    return undefined;
  });

  const userOf = (id: string) => people().find((member) => member.memberToken === id);
  const groupOf = (id: string) => groups().find((group) => group.token === id);

  scope.get<ByFilter>('/Users', (request) =>
    list(filtered(people(), request, (member) => member.email).map(renderUser)),
  );
  scope.get<ById>('/Users/:id', (request, reply) => {
    const member = userOf(request.params.id);
    return member === undefined ? fail(reply, 404, 'There is no such user') : renderUser(member);
  });
  scope.post('/Users', (request, reply) => {
    const { userName, name, active = true } = request.body as Fields;
    const email = String(userName);
    if (workspace().people.byEmail(email) !== undefined) return fail(reply, 409, 'userName is taken');
    const state = active === false ? 'banned' : 'active';
    const member = workspace().add({ email, name: nameOf(name), managedByScim: true, state });
    return reply.code(201).send(renderUser(member));
  });
  scope.patch<ById>('/Users/:id', (request, reply) => {
    const member = userOf(request.params.id);
    if (member === undefined) return fail(reply, 404, 'There is no such user');
    const user = applyOperations(renderUser(member), operationsOf(request));
    const { userName, active, roles = [] } = user;
    member.name = nameOf(user['name']);
    if (userName !== member.email) workspace().people.change(member, { email: String(userName) });
    member.admin = (roles as readonly Fields[]).some((role) => role['value'] === 'admin');
    if (active === false) deactivate(member);
    else if (member.state !== 'active') workspace().unban(member);
    return renderUser(member);
  });

  function deactivate(member: Member): void {
    member.state = 'banned';
    member.admin = false;
    for (const group of workspace().groups.all()) group.members.drop(member.memberToken);
  }

  scope.get<ByFilter>('/Groups', (request) =>
    list(filtered(groups(), request, (group) => group.name).map(renderGroup)),
  );
  scope.get<ById>('/Groups/:id', (request, reply) => {
    const group = groupOf(request.params.id);
    return group === undefined ? fail(reply, 404, 'There is no such group') : renderGroup(group);
  });
  scope.post('/Groups', (request, reply) => {
    const name = String((request.body as Fields)['displayName']);
    if (workspace().groups.named(name) !== undefined) return fail(reply, 409, 'displayName is taken');
    return reply.code(201).send(renderGroup(workspace().groups.create(name, { managed: true })));
  });
  scope.patch<ById>('/Groups/:id', (request, reply) => {
    const group = groupOf(request.params.id);
    if (group === undefined) return fail(reply, 404, 'There is no such group');
    const { displayName, members = [] } = applyOperations(renderGroup(group), operationsOf(request));
    const wanted = new Set((members as readonly Fields[]).map(({ value }) => String(value)));
    if ([...wanted].some((id) => userOf(id)?.state !== 'active'))
      return fail(reply, 400, 'A member is not an active user of this endpoint');
    group.name = String(displayName);
    const present = new Set(group.members.memberTokens());
    for (const id of present) if (!wanted.has(id)) group.members.drop(id);
    for (const id of wanted) if (!present.has(id)) group.members.add(id, simulation.clock.now());
    return renderGroup(group);
  });
  scope.delete<ById>('/Groups/:id', (request, reply) => {
    const group = groupOf(request.params.id);
    if (group === undefined) return fail(reply, 404, 'There is no such group');
    group.state = 'soft_deleted';
    group.members.clear();
    return reply.code(204).send();
  });
}

function renderUser({ memberToken, email, name, state, admin }: Member): Fields {
  return {
    schemas: [USER],
    id: memberToken,
    userName: email,
    name: { formatted: name },
    displayName: name,
    emails: [{ value: email, type: 'work', primary: true }],
    active: state === 'active',
    roles: admin ? [{ value: 'admin' }] : [],
  };
}

function renderGroup({ token, name, members }: Group): Fields {
  return {
    schemas: [GROUP],
    id: token,
    displayName: name,
    members: members.memberTokens().map((value) => ({ value })),
  };
}

function list(resources: readonly Fields[]): Fields {
  return {
    schemas: [LIST],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** Applies the `eq` filter of a request, ignoring case. Without a filter, returns all. */
function filtered<T>(
  all: readonly T[],
  request: FastifyRequest<ByFilter>,
  filterValue: (resource: T) => string,
): readonly T[] {
  const text = / eq (.+)$/.exec(request.query.filter ?? '')?.[1];
  if (text === undefined) return all;
  const name = String(JSON.parse(text)).toLowerCase();
  return all.filter((resource) => filterValue(resource).toLowerCase() === name);
}

function operationsOf(request: FastifyRequest): readonly PatchOperation[] {
  return ((request.body as Fields)['Operations'] ?? []) as readonly PatchOperation[];
}

/** Mode has a single name field. */
function nameOf(name: unknown): string {
  const { formatted, givenName, familyName } = (name ?? {}) as Readonly<Record<string, string | undefined>>;
  return formatted ?? [givenName, familyName].filter((part) => part !== undefined).join(' ');
}

function fail(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply.code(status).send({ schemas: [ERROR], status: String(status), detail });
}
