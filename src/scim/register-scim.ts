/** SCIM 2.0 under one prefix: authentication, media type, errors, routes. */
import type { FastifyInstance } from 'fastify';
import type { Connection } from '../directory/connection.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { registerDiscovery } from './discovery-routes.ts';
import { registerGroups } from './groups-routes.ts';
import { answerWithScimErrors, SCIM_JSON } from './scim-errors.ts';
import type { ScimContext } from './scim-context.ts';
import { registerUsers } from './users-routes.ts';

export interface ScimOptions extends Pick<ScimContext, 'users' | 'groups' | 'groupsOf'> {
  readonly authenticate: Authenticate<Connection>;
  /** As clients see it, without a path; undefined: as the request's Host header says. */
  readonly publicUrl: string | undefined;
}

/** Registers the routes below the prefix that `scope` has. */
export function registerScim(scope: FastifyInstance, options: ScimOptions): void {
  const { publicUrl, authenticate, ...useCases } = options;
  answerWithScimErrors(scope);
  const connectionOf = requireToken(scope, authenticate);
  // What a body may be is said by the SCIM schemas, which know better than a JSON schema.
  scope.setValidatorCompiler(() => () => true);
  scope.addHook('onSend', (_request, reply, payload, done) => {
    if (payload !== undefined && payload !== null && payload !== '') void reply.type(SCIM_JSON);
    done(null, payload);
  });
  const context: ScimContext = {
    ...useCases,
    connectionOf,
    baseOf: (request) => `${publicUrl ?? `${request.protocol}://${request.host}`}${scope.prefix}`,
  };
  registerDiscovery(scope, context);
  registerUsers(scope, context);
  registerGroups(scope, context);
}
