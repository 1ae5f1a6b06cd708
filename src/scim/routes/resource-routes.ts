/** /Users and /Groups (RFC 7644 section 3). */
import type { FastifyInstance } from 'fastify';
import { routeDocs } from '../../http/route-docs.ts';
import { send } from '../answer.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { answerSearch, answerList } from './list-answer.ts';
import { refuseOthers } from './refuse-others.ts';
import type { ById, RouteScope } from './route-scope.ts';

const WHAT = {
  User: { one: 'a person', all: 'people', remove: 'Delete a person: they leave the workspace' },
  Group: { one: 'a group', all: 'groups', remove: 'Delete a group' },
} as const;

export function registerResource(
  scope: FastifyInstance,
  { callOf }: RouteScope,
  operations: ResourceOperations,
): void {
  const endpoint = `/${operations.name}s`;
  const { one, all, remove } = WHAT[operations.name];
  const docs = (summary: string) => routeDocs(`${operations.name}s`, summary);

  scope.get(endpoint, docs(`List ${all}, or find them by a filter`), (request, reply) => {
    return answerList(request, reply, callOf(request), operations.list);
  });

  scope.post(`${endpoint}/.search`, docs(`Find ${all} by a search request`), (request, reply) => {
    return answerSearch(request, reply, callOf(request), operations.list);
  });

  scope.post(endpoint, docs(`Create ${one}`), async (request, reply) => {
    return send(reply, await operations.create(callOf(request), request.body));
  });

  scope.get<ById>(`${endpoint}/:id`, docs(`Read ${one}`), async (request, reply) => {
    return send(reply, await operations.read(callOf(request), request.params.id));
  });

  scope.put<ById>(`${endpoint}/:id`, docs(`Replace ${one}`), async (request, reply) => {
    return send(reply, await operations.replace(callOf(request), request.params.id, request.body));
  });

  scope.patch<ById>(`${endpoint}/:id`, docs(`Change ${one}`), async (request, reply) => {
    return send(reply, await operations.patch(callOf(request), request.params.id, request.body));
  });

  scope.delete<ById>(`${endpoint}/:id`, docs(remove), async (request, reply) => {
    return send(reply, await operations.remove(callOf(request), request.params.id));
  });

  refuseOthers(scope, [endpoint], ['GET', 'POST']);
  refuseOthers(scope, [`${endpoint}/.search`], ['POST']);
  refuseOthers(scope, [`${endpoint}/:id`], ['GET', 'PUT', 'PATCH', 'DELETE']);
}
