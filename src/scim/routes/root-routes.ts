/** The root endpoints: one list of all resources, bulk requests, and /Me, which is not supported. */
import type { FastifyInstance } from 'fastify';
import { BridgeError } from '../../errors.ts';
import { routeDocs, type RouteDocs } from '../../http/route-docs.ts';
import { send } from '../scim-response.ts';
import { runBulk } from '../bulk/run-bulk.ts';
import { scimDocs } from '../docs/operations.ts';
import { listEverything } from '../operations/list-everything.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { answerList, answerSearch } from './list-answer.ts';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import type { RouteScope } from './route-scope.ts';

const docs = (operationId: string, summary: string, about: RouteDocs) =>
  routeDocs('Everything', operationId, summary, about);

export function registerRoot(
  scope: FastifyInstance,
  { callOf }: RouteScope,
  types: readonly ResourceOperations[],
): void {
  const list = listEverything(types);

  scope.get(
    '/',
    docs('listEverything', 'List users and groups', scimDocs.list('ResourceList')),
    (request, reply) => {
      return answerList(request, reply, callOf(request), list);
    },
  );
  scope.post(
    '/.search',
    docs('searchEverything', 'Find users and groups with a search request', scimDocs.search('ResourceList')),
    (request, reply) => {
      return answerSearch(request, reply, callOf(request), list);
    },
  );
  scope.post(
    '/Bulk',
    docs('bulk', 'Run several operations in one request', scimDocs.bulk()),
    async (request, reply) => {
      return send(reply, { status: 200, body: await runBulk(callOf(request), types, request.body) });
    },
  );
  rejectOtherMethods(scope, ['/'], ['GET']);
  rejectOtherMethods(scope, ['/.search', '/Bulk'], ['POST']);
  // A token belongs to an app of an IdP, not to a user (RFC 7644 section 3.11).
  scope.all('/Me', { schema: { hide: true } }, () => {
    throw new BridgeError(
      'not_implemented',
      '/Me is not supported: a token belongs to an IdP, not to a user.',
    );
  });
}
