/** /Groups (RFC 7644 section 3). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Attributes } from '../directory/attributes.ts';
import type { Group } from '../directory/group.ts';
import { routeDocs } from '../http/route-docs.ts';
import { project, wants } from './codec/projection.ts';
import { readGroup, readGroupDocument } from './codec/read-group.ts';
import { etag, listResponse, renderGroup } from './codec/render.ts';
import { parseFilter } from './filter/parse-filter.ts';
import { applyPatch } from './patch/apply-patch.ts';
import { parsePatch } from './patch/parse-patch.ts';
import { patchGroup } from './patch/patch-group.ts';
import { groupSchema } from './schema/resource-schema.ts';
import { readListRequest, requestedProjection } from './scim-request.ts';
import type { ScimContext } from './scim-context.ts';

interface ById {
  Params: { id: string };
}

const docs = (summary: string) => routeDocs('Groups', summary);

export function registerGroups(scope: FastifyInstance, { groups, connectionOf, baseOf }: ScimContext): void {
  async function render(request: FastifyRequest, found: readonly Group[]): Promise<readonly Attributes[]> {
    const projection = requestedProjection(request);
    const members = wants(projection, 'members')
      ? await groups.members(found.map((group) => group.id))
      : undefined;
    const base = baseOf(request);
    return found.map((group) => {
      return project(renderGroup(group, members && (members.get(group.id) ?? []), base), projection);
    });
  }

  async function renderNow(
    request: FastifyRequest,
    id: string,
  ): Promise<{ group: Group; resource: Attributes }> {
    const group = await groups.get(connectionOf(request), id);
    const [resource = {}] = await render(request, [group]);
    return { group, resource };
  }

  scope.get('/Groups', docs('List groups, or find them by a filter'), async (request) => {
    const { filter, startIndex, count } = readListRequest(request);
    const where = filter === undefined ? {} : { where: parseFilter(groupSchema, filter) };
    const page = await groups.list(connectionOf(request), { ...where, offset: startIndex - 1, limit: count });
    return listResponse(await render(request, page.items), page.total, startIndex);
  });

  scope.post('/Groups', docs('Create a group'), async (request, reply) => {
    const { draft, members = [] } = readGroup(request.body);
    const { id } = await groups.create(connectionOf(request), draft, members);
    const { group, resource } = await renderNow(request, id);
    void reply
      .code(201)
      .header('location', `${baseOf(request)}/Groups/${id}`)
      .header('etag', etag(group));
    return resource;
  });

  scope.get<ById>('/Groups/:id', docs('Read a group'), async (request, reply) => {
    const { group, resource } = await renderNow(request, request.params.id);
    void reply.header('etag', etag(group));
    return resource;
  });

  scope.put<ById>('/Groups/:id', docs('Replace a group and its members'), async (request, reply) => {
    const { id } = request.params;
    const { draft, members = [] } = readGroup(request.body);
    await groups.update(connectionOf(request), id, () => ({ draft, members: { kind: 'replace', members } }));
    const { group, resource } = await renderNow(request, id);
    void reply.header('etag', etag(group));
    return resource;
  });

  // 204, unless the client asks for attributes: then it is to get them (RFC 7644 section 3.5.2).
  scope.patch<ById>('/Groups/:id', docs('Change a group or its members'), async (request, reply) => {
    const { id } = request.params;
    const { head, members } = patchGroup(parsePatch(request.body));
    await groups.update(connectionOf(request), id, (before) => ({
      draft: readGroupDocument(applyPatch(groupSchema, before.attributes, head)),
      members,
    }));
    if (requestedProjection(request).attributes === undefined) return reply.code(204).send();
    const { group, resource } = await renderNow(request, id);
    void reply.header('etag', etag(group));
    return resource;
  });

  scope.delete<ById>('/Groups/:id', docs('Delete a group'), async (request, reply) => {
    await groups.remove(connectionOf(request), request.params.id);
    return reply.code(204).send();
  });
}
