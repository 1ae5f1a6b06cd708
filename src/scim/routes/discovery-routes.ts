/** What the bridge can do, as lists and one by one (RFC 7644 section 4). */
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { BridgeError } from '../../errors.ts';
import { routeDocs, type RouteDocs } from '../../http/route-docs.ts';
import { send } from '../answer.ts';
import { listResponse } from '../codec/list-response.ts';
import { scimDocs } from '../docs/operations.ts';
import { resourceTypes, schemas, serviceProviderConfig } from '../schema/discovery.ts';
import { parametersOf } from '../scim-request.ts';
import { refuseOthers } from '../../http/refuse-others.ts';
import type { ById, RouteScope } from './route-scope.ts';

/** Filtering these is refused and not ignored, so that nobody mistakes all for some (RFC 7644 section 4). */
const unfiltered: preHandlerHookHandler = (request, _reply, done) => {
  const filtered = parametersOf(request)('filter') !== undefined;
  done(filtered ? new BridgeError('forbidden', 'What the service can do is not to be filtered.') : undefined);
};

const docs = (operationId: string, summary: string, about: RouteDocs) => ({
  ...routeDocs('Discovery', operationId, summary, about),
  preHandler: unfiltered,
});

export function registerDiscovery(
  scope: FastifyInstance,
  { callOf, discoveryOf }: RouteScope,
  eventUris: readonly string[],
): void {
  const optionsOf = (request: FastifyRequest) => {
    const call = callOf(request);
    return { base: call.base, scope: discoveryOf(call) };
  };

  scope.get(
    '/ServiceProviderConfig',
    docs('readServiceProviderConfig', 'What the service can do', scimDocs.discover('ServiceProviderConfig')),
    (request, reply) => {
      return told(reply, serviceProviderConfig(optionsOf(request), eventUris));
    },
  );

  scope.get(
    '/ResourceTypes',
    docs('listResourceTypes', 'The kinds of resources', scimDocs.discover('ResourceTypeList')),
    (request, reply) => all(reply, resourceTypes(optionsOf(request))),
  );
  scope.get<ById>(
    '/ResourceTypes/:id',
    docs('readResourceType', 'One kind of resource', scimDocs.discover('ResourceType', 'canBeMissing')),
    (request, reply) => {
      return told(reply, one(resourceTypes(optionsOf(request)), request.params.id, 'resource type'));
    },
  );

  scope.get(
    '/Schemas',
    docs('listSchemas', 'The schemas of the resources', scimDocs.discover('SchemaList')),
    (request, reply) => all(reply, schemas(optionsOf(request))),
  );
  scope.get<ById>(
    '/Schemas/:id',
    docs('readSchema', 'One schema', scimDocs.discover('Schema', 'canBeMissing')),
    (request, reply) => {
      return told(reply, one(schemas(optionsOf(request)), request.params.id, 'schema'));
    },
  );

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
