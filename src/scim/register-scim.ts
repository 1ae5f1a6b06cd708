/** SCIM 2.0 under one prefix: authentication, errors, routes. */
import type { FastifyInstance } from 'fastify';
import type { Json } from '../directory/attributes.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { hasScheme } from '../http/bearer.ts';
import { groupOperations } from './operations/group-operations.ts';
import { userOperations } from './operations/user-operations.ts';
import { registerDiscovery } from './routes/discovery-routes.ts';
import { registerResource } from './routes/resource-routes.ts';
import { registerRoles } from './routes/role-routes.ts';
import { registerRoot } from './routes/root-routes.ts';
import type { RouteScope } from './routes/route-scope.ts';
import { readOnlyGuard } from './routes/read-only-guard.ts';
import type { ScimContext } from './scim-context.ts';
import { answerWithScimErrors } from './scim-errors.ts';
import { callOf } from './scim-request.ts';

/** Of a URL, to see whose it looks like. */
const MAX_INSPECTED = 2_048;

export interface ScimOptions extends ScimContext {
  /** Tokens of the kind scim may do everything, of any other kind only read. */
  readonly authenticate: Authenticate<TokenHolder>;
  /** As clients see it, without a path; undefined: as the request's Host header says. */
  readonly publicUrl: string | undefined;
  /** Types of events that the feed tells, to be announced. */
  readonly eventUris: readonly string[];
}

/** Registers the routes below the prefix that `scope` has. */
export function registerScim(scope: FastifyInstance, options: ScimOptions): void {
  const { publicUrl, authenticate, profiles, eventUris } = options;
  const { prefix } = scope;
  answerWithScimErrors(scope);
  const connectionOf = requireToken(scope, authenticate);
  // What a body may be is said by the SCIM schemas, which know better than a JSON schema.
  scope.setValidatorCompiler(() => () => true);
  readOnlyGuard(scope, (request) => connectionOf(request).kind !== 'scim');
  scope.addHook('preHandler', (request, _reply, done) => {
    const { method, url, headers, body } = request;
    const holder = connectionOf(request);
    const ready = profiles.ready(holder);
    const go = () => {
      done();
    };
    // Whoever only reads is no IdP, and says nothing about the one that pushes.
    if (holder.kind === 'scim') {
      profiles.saw(holder, {
        method,
        url: url.slice(prefix.length, prefix.length + MAX_INSPECTED),
        userAgent: headers['user-agent'],
        body: body as Json | undefined,
        scheme: hasScheme(request),
      });
    }
    if (ready === undefined) done();
    else ready.then(go, go);
  });
  const routes: RouteScope = {
    callOf: (request) => callOf(request, { publicUrl, prefix, connectionOf }),
    // A reader of the feed is a governance tool, not the IdP that the shape of answers is for.
    discoveryOf: ({ reads, connection }) => (reads ? 'full' : profiles.shape(connection).discovery),
  };
  const types = [userOperations(options), groupOperations(options)];
  registerDiscovery(scope, routes, eventUris);
  for (const type of types) registerResource(scope, routes, type);
  registerRoles(scope, routes, options);
  registerRoot(scope, routes, types);
}
