/** The discovery endpoints (RFC 7644 section 4). */
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { BridgeError } from '../../errors.ts';
import { routeDocs, type RouteDocs } from '../../http/route-docs.ts';
import { send } from '../scim-response.ts';
import { listResponse } from '../codec/list-response.ts';
import { scimDocs } from '../docs/operations.ts';
import { resourceTypes, schemas, serviceProviderConfig } from '../schema/discovery.ts';
import { parametersOf } from '../scim-request.ts';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import type { ById, RouteScope } from './route-scope.ts';

/** A filter is rejected, not ignored: a client must not mistake the whole list for a filtered one (RFC 7644 section 4). */
const rejectFilter: preHandlerHookHandler = (request, _reply, done) => {
  const filtered = parametersOf(request)('filter') !== undefined;
  done(filtered ? new BridgeError('forbidden', 'Discovery endpoints do not support filters.') : undefined);
};

const docs = (operationId: string, summary: string, about: RouteDocs) => ({
  ...routeDocs('Discovery', operationId, summary, about),
  preHandler: rejectFilter,
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
    docs(
      'readServiceProviderConfig',
      'Read the service provider configuration',
      scimDocs.discover('ServiceProviderConfig'),
    ),
    (request, reply) => {
      return sendDocument(reply, serviceProviderConfig(optionsOf(request), eventUris));
    },
  );

  scope.get(
    '/ResourceTypes',
    docs('listResourceTypes', 'List the resource types', scimDocs.discover('ResourceTypeList')),
    (request, reply) => sendList(reply, resourceTypes(optionsOf(request))),
  );
  scope.get<ById>(
    '/ResourceTypes/:id',
    docs('readResourceType', 'Read a resource type', scimDocs.discover('ResourceType', 'canBeMissing')),
    (request, reply) => {
      return sendDocument(reply, find(resourceTypes(optionsOf(request)), request.params.id, 'resource type'));
    },
  );

  scope.get(
    '/Schemas',
    docs('listSchemas', 'List the schemas', scimDocs.discover('SchemaList')),
    (request, reply) => sendList(reply, schemas(optionsOf(request))),
  );
  scope.get<ById>(
    '/Schemas/:id',
    docs('readSchema', 'Read a schema', scimDocs.discover('Schema', 'canBeMissing')),
    (request, reply) => {
      return sendDocument(reply, find(schemas(optionsOf(request)), request.params.id, 'schema'));
    },
  );

  const urls = ['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/:id', '/Schemas', '/Schemas/:id'];
  rejectOtherMethods(scope, urls, ['GET']);
}

function sendDocument(reply: FastifyReply, document: object): FastifyReply {
  return send(reply, { status: 200, body: JSON.stringify(document) });
}

function sendList(reply: FastifyReply, documents: readonly object[]): FastifyReply {
  const resources = documents.map((document) => JSON.stringify(document));
  return send(reply, {
    status: 200,
    body: listResponse({ count: resources.length, resources, total: documents.length }, 1),
  });
}

function find<T extends { readonly id: string }>(documents: readonly T[], id: string, kind: string): T {
  const document = documents.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (document === undefined)
    throw new BridgeError('not_found', `There is no ${kind} "${id.slice(0, 100)}".`);
  return document;
}
