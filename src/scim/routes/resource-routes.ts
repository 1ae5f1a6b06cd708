/** /Users and /Groups (RFC 7644 section 3). */
import type { FastifyInstance } from 'fastify';
import { routeDocs, type RouteDocs } from '../../http/route-docs.ts';
import { send } from '../scim-response.ts';
import { scimDocs } from '../docs/operations.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { answerSearch, answerList } from './list-answer.ts';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import type { ById, RouteScope } from './route-scope.ts';

/** A PUT of a group lists all its members: up to 100,000 of them, in the form that a GET returns. */
const BODY_LIMIT_BYTES = { User: 1024 * 1024, Group: 32 * 1024 * 1024 } as const;

const NOUNS = {
  User: {
    singular: 'a user',
    plural: 'users',
    remove: 'Delete a user, which removes them from the workspace',
  },
  Group: { singular: 'a group', plural: 'groups', remove: 'Delete a group' },
} as const;

export function registerResource(
  scope: FastifyInstance,
  { callOf }: RouteScope,
  operations: ResourceOperations,
): void {
  const { name } = operations;
  const endpoint = `/${name}s`;
  const { singular, plural, remove } = NOUNS[name];
  const docs = (verb: string, summary: string, about: RouteDocs) =>
    routeDocs(`${name}s`, `${verb}${name}`, summary, about);
  const listDocs = (verb: string, summary: string, about: RouteDocs) =>
    routeDocs(`${name}s`, `${verb}${name}s`, summary, about);
  const writes = (verb: string, summary: string, about: RouteDocs) => ({
    ...docs(verb, summary, about),
    bodyLimit: BODY_LIMIT_BYTES[name],
  });

  scope.get(
    endpoint,
    listDocs('list', `List ${plural}, optionally with a filter`, scimDocs.list(`${name}List`)),
    (request, reply) => {
      return answerList(request, reply, callOf(request), operations.list);
    },
  );

  scope.post(
    `${endpoint}/.search`,
    listDocs('search', `Find ${plural} with a search request`, scimDocs.search(`${name}List`)),
    (request, reply) => {
      return answerSearch(request, reply, callOf(request), operations.list);
    },
  );

  scope.post(
    endpoint,
    writes('create', `Create ${singular}`, scimDocs.create(name)),
    async (request, reply) => {
      return send(reply, await operations.create(callOf(request), request.body));
    },
  );

  scope.get<ById>(
    `${endpoint}/:id`,
    docs('read', `Read ${singular}`, scimDocs.read(name)),
    async (request, reply) => {
      return send(reply, await operations.read(callOf(request), request.params.id));
    },
  );

  scope.put<ById>(
    `${endpoint}/:id`,
    writes('replace', `Replace ${singular}`, scimDocs.replace(name)),
    async (request, reply) => {
      return send(reply, await operations.replace(callOf(request), request.params.id, request.body));
    },
  );

  scope.patch<ById>(
    `${endpoint}/:id`,
    writes('patch', `Update ${singular}`, scimDocs.patch(name)),
    async (request, reply) => {
      return send(reply, await operations.patch(callOf(request), request.params.id, request.body));
    },
  );

  scope.delete<ById>(`${endpoint}/:id`, docs('delete', remove, scimDocs.remove()), async (request, reply) => {
    return send(reply, await operations.remove(callOf(request), request.params.id));
  });

  rejectOtherMethods(scope, [endpoint], ['GET', 'POST']);
  rejectOtherMethods(scope, [`${endpoint}/.search`], ['POST']);
  rejectOtherMethods(scope, [`${endpoint}/:id`], ['GET', 'PUT', 'PATCH', 'DELETE']);
}
