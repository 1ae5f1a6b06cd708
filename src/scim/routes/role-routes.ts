/** /Roles and /Entitlements, to be read only: the admin role, and no entitlements (Mode has none of its own). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Attributes } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { routeDocs } from '../../http/route-docs.ts';
import { send } from '../answer.ts';
import { listResponse } from '../codec/list-response.ts';
import { project } from '../codec/projection.ts';
import { matchElement } from '../filter/match-element.ts';
import { readListRequest } from '../paging/list-request.ts';
import { roles } from '../schema/roles.ts';
import { parametersOf } from '../scim-request.ts';
import { refuseOthers } from './refuse-others.ts';
import type { ById, RouteScope } from './route-scope.ts';

export function registerRoles(scope: FastifyInstance, { callOf }: RouteScope): void {
  register('Roles', 'a role', roles);
  register('Entitlements', 'an entitlement', () => []);

  function register(endpoint: string, one: string, all: (base: string) => readonly Attributes[]): void {
    const docs = (summary: string) => routeDocs(endpoint, summary);

    scope.get(`/${endpoint}`, docs(`List ${endpoint.toLowerCase()}`), (request, reply) => {
      const { filter, startIndex, count } = readListRequest(parametersOf(request));
      const found = resourcesOf(request).filter(
        (resource) => filter === undefined || matchElement(filter, resource),
      );
      const { projection } = callOf(request);
      const page = found.slice(startIndex - 1, startIndex - 1 + count);
      const resources = page.map((resource) => JSON.stringify(project(resource, projection)));
      return send(reply, {
        status: 200,
        body: listResponse({ count: resources.length, resources, total: found.length }, startIndex),
      });
    });

    scope.get<ById>(`/${endpoint}/:id`, docs(`Read ${one}`), (request, reply) => {
      const { id } = request.params;
      const found = resourcesOf(request).find((resource) => resource['id'] === id);
      if (found === undefined)
        throw new BridgeError('not_found', `There is no ${one.split(' ')[1] ?? ''} with the id ${id}.`);
      return send(reply, { status: 200, body: JSON.stringify(project(found, callOf(request).projection)) });
    });

    refuseOthers(scope, [`/${endpoint}`, `/${endpoint}/:id`], ['GET']);

    function resourcesOf(request: FastifyRequest): readonly Attributes[] {
      return all(callOf(request).base);
    }
  }
}
