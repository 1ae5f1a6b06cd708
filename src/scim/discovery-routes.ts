/** What the bridge can do, as lists and one by one (RFC 7644 section 4). */
import type { FastifyInstance } from 'fastify';
import { BridgeError } from '../errors.ts';
import { routeDocs } from '../http/route-docs.ts';
import { listResponse } from './codec/render.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './schema/discovery.ts';
import type { ScimContext } from './scim-context.ts';
import { MAX_COUNT } from './scim-request.ts';

interface ById {
  Params: { id: string };
}

const docs = (summary: string) => routeDocs('Discovery', summary);

export function registerDiscovery(scope: FastifyInstance, { baseOf }: Pick<ScimContext, 'baseOf'>): void {
  scope.get('/ServiceProviderConfig', docs('What the service can do'), (request) => {
    return serviceProviderConfig(baseOf(request), MAX_COUNT);
  });

  scope.get('/ResourceTypes', docs('The kinds of resources'), (request) =>
    all(resourceTypes(baseOf(request))),
  );
  scope.get<ById>('/ResourceTypes/:id', docs('One kind of resource'), (request) => {
    return one(resourceTypes(baseOf(request)), request.params.id, 'resource type');
  });

  scope.get('/Schemas', docs('The schemas of the resources'), (request) => all(schemas(baseOf(request))));
  scope.get<ById>('/Schemas/:id', docs('One schema'), (request) => {
    return one(schemas(baseOf(request)), request.params.id, 'schema');
  });
}

function all(documents: readonly object[]) {
  return listResponse(documents as Parameters<typeof listResponse>[0], documents.length, 1);
}

function one<T extends { readonly id: string }>(documents: readonly T[], id: string, what: string): T {
  const document = documents.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  if (document === undefined)
    throw new BridgeError('not_found', `There is no ${what} "${id.slice(0, 100)}".`);
  return document;
}
