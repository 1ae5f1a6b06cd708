/** What the bridge can do, as lists and one by one (RFC 7644 section 4). */
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { BridgeError } from '../../errors.ts';
import { routeDocs } from '../../http/route-docs.ts';
import { send } from '../answer.ts';
import { listResponse } from '../codec/list-response.ts';
import { resourceTypes, schemas, serviceProviderConfig } from '../schema/discovery.ts';
import { parametersOf } from '../scim-request.ts';
import { refuseOthers } from './refuse-others.ts';
import type { ById, RouteScope } from './route-scope.ts';

/** Filtering these is refused and not ignored, so that nobody mistakes all for some (RFC 7644 section 4). */
const unfiltered: preHandlerHookHandler = (request, _reply, done) => {
  const filtered = parametersOf(request)('filter') !== undefined;
  done(filtered ? new BridgeError('forbidden', 'What the service can do is not to be filtered.') : undefined);
};

const docs = (summary: string) => ({ ...routeDocs('Discovery', summary), preHandler: unfiltered });

export function registerDiscovery(
  scope: FastifyInstance,
  { callOf, discoveryOf }: RouteScope,
  eventUris: readonly string[],
): void {
  const optionsOf = (request: FastifyRequest) => {
    const call = callOf(request);
    return { base: call.base, scope: discoveryOf(call) };
  };

  scope.get('/ServiceProviderConfig', docs('What the service can do'), (request, reply) => {
    return told(reply, serviceProviderConfig(optionsOf(request), eventUris));
  });

  scope.get('/ResourceTypes', docs('The kinds of resources'), (request, reply) =>
    all(reply, resourceTypes(optionsOf(request))),
  );
  scope.get<ById>('/ResourceTypes/:id', docs('One kind of resource'), (request, reply) => {
    return told(reply, one(resourceTypes(optionsOf(request)), request.params.id, 'resource type'));
  });

  scope.get('/Schemas', docs('The schemas of the resources'), (request, reply) =>
    all(reply, schemas(optionsOf(request))),
  );
  scope.get<ById>('/Schemas/:id', docs('One schema'), (request, reply) => {
    return told(reply, one(schemas(optionsOf(request)), request.params.id, 'schema'));
  });

  const urls = ['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/:id', '/Schemas', '/Schemas/:id'];
  refuseOthers(scope, urls, ['GET']);
}

function told(reply: FastifyReply, document: object): FastifyReply {
  return send(reply, { status: 200, body: JSON.stringify(document) });
}

function all(reply: FastifyReply, documents: readonly object[]): FastifyReply {
  const resources = documents.map((document) => JSON.stringify(document));
  return send(reply, {
    status: 200,
    body: listResponse({ count: resources.length, resources, total: documents.length }, 1),
  });
}

function one<T extends { readonly id: string }>(documents: readonly T[], id: string, what: string): T {
  const document = documents.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (document === undefined)
    throw new BridgeError('not_found', `There is no ${what} "${id.slice(0, 100)}".`);
  return document;
}
