/** /Users (RFC 7644 section 3). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { User } from '../directory/user.ts';
import { routeDocs } from '../http/route-docs.ts';
import { project, wants } from './codec/projection.ts';
import { nearMissRole } from './codec/read-admin.ts';
import { readUser } from './codec/read-user.ts';
import { etag, listResponse, renderUser } from './codec/render.ts';
import { parseFilter } from './filter/parse-filter.ts';
import { applyPatch } from './patch/apply-patch.ts';
import { parsePatch } from './patch/parse-patch.ts';
import { userSchema } from './schema/resource-schema.ts';
import { readListRequest, requestedProjection } from './scim-request.ts';
import type { ScimContext } from './scim-context.ts';

interface ById {
  Params: { id: string };
}

const docs = (summary: string) => routeDocs('Users', summary);

export function registerUsers(
  scope: FastifyInstance,
  { users, groupsOf, connectionOf, baseOf }: ScimContext,
): void {
  async function render(request: FastifyRequest, found: readonly User[]) {
    const projection = requestedProjection(request);
    const groups = wants(projection, 'groups')
      ? await groupsOf(found.map((user) => user.id))
      : new Map<string, never>();
    const base = baseOf(request);
    return found.map((user) => project(renderUser(user, groups.get(user.id) ?? [], base), projection));
  }

  /** Mode's documents write the role in small letters; anything near to it is a slip in the IdP's mapping. */
  function warnOfRole(request: FastifyRequest, user: User): void {
    const role = nearMissRole(user.attributes);
    if (role === undefined || user.admin === true) return;
    request.log.warn(
      { userId: user.id, role },
      'the role is not "admin" but nearly: it makes nobody an admin',
    );
  }

  scope.get('/Users', docs('List people, or find them by a filter'), async (request) => {
    const { filter, startIndex, count } = readListRequest(request);
    const where = filter === undefined ? {} : { where: parseFilter(userSchema, filter) };
    const page = await users.list(connectionOf(request), { ...where, offset: startIndex - 1, limit: count });
    return listResponse(await render(request, page.items), page.total, startIndex);
  });

  scope.post('/Users', docs('Create a person'), async (request, reply) => {
    const user = await users.create(connectionOf(request), readUser(request.body));
    const [resource] = await render(request, [user]);
    void reply
      .code(201)
      .header('location', `${baseOf(request)}/Users/${user.id}`)
      .header('etag', etag(user));
    return resource;
  });

  scope.get<ById>('/Users/:id', docs('Read a person'), async (request, reply) => {
    const user = await users.get(connectionOf(request), request.params.id);
    void reply.header('etag', etag(user));
    return (await render(request, [user]))[0];
  });

  scope.put<ById>('/Users/:id', docs('Replace a person'), async (request, reply) => {
    const { body, params } = request;
    const user = await users.update(connectionOf(request), params.id, (before) => readUser(body, before));
    warnOfRole(request, user);
    void reply.header('etag', etag(user));
    return (await render(request, [user]))[0];
  });

  scope.patch<ById>('/Users/:id', docs('Change a person'), async (request, reply) => {
    const operations = parsePatch(request.body);
    const user = await users.update(connectionOf(request), request.params.id, (before) =>
      readUser(applyPatch(userSchema, before.attributes, operations), before),
    );
    warnOfRole(request, user);
    void reply.header('etag', etag(user));
    return (await render(request, [user]))[0];
  });

  scope.delete<ById>(
    '/Users/:id',
    docs('Delete a person: they leave the workspace'),
    async (request, reply) => {
      await users.remove(connectionOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
