/** The read-only endpoints /Roles and /Entitlements. */
import type { FastifyInstance } from 'fastify';
import { BridgeError } from '../../errors.ts';
import { routeDocs } from '../../http/route-docs.ts';
import { send } from '../scim-response.ts';
import type { ScimCall } from '../scim-call.ts';
import { project } from '../codec/projection.ts';
import { scimDocs } from '../docs/operations.ts';
import { listCatalogue, type Catalogue } from '../operations/catalogue.ts';
import { entitlementCatalogue } from '../operations/entitlement-catalogue.ts';
import { roleCatalogue } from '../operations/role-catalogue.ts';
import { describes } from '../schema/discovery.ts';
import type { ScimContext } from '../scim-context.ts';
import { answerList } from './list-answer.ts';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import type { ById, RouteScope } from './route-scope.ts';

export function registerRoles(
  scope: FastifyInstance,
  { callOf, discoveryOf }: RouteScope,
  { groups, clock }: ScimContext,
): void {
  const forOkta = (call: ScimCall) => describes(discoveryOf(call), 'okta');
  register(roleCatalogue(forOkta), 'Role', 'a role');
  register(entitlementCatalogue(groups, forOkta), 'Entitlement', 'an entitlement');

  function register(catalogue: Catalogue, type: 'Role' | 'Entitlement', noun: string): void {
    const endpoint = `/${catalogue.name}`;
    const listDocs = routeDocs(
      catalogue.name,
      `list${catalogue.name}`,
      `List ${catalogue.name.toLowerCase()}`,
      scimDocs.list(`${type}List`),
    );
    const docs = routeDocs(catalogue.name, `read${type}`, `Read ${noun}`, scimDocs.readOnly(type));

    scope.get(endpoint, listDocs, (request, reply) => {
      return answerList(request, reply, callOf(request), (call, wanted) =>
        listCatalogue(catalogue, call, wanted, clock.now()),
      );
    });

    scope.get<ById>(`${endpoint}/:id`, docs, async (request, reply) => {
      const call = callOf(request);
      const { id } = request.params;
      const found = await catalogue.find(call, id);
      if (found === undefined)
        throw new BridgeError('not_found', `There is no ${noun.split(' ')[1] ?? ''} with the id ${id}.`);
      return send(reply, { status: 200, body: JSON.stringify(project(found, call.projection)) });
    });

    rejectOtherMethods(scope, [endpoint, `${endpoint}/:id`], ['GET']);
  }
}
