/** SCIM 2.0 under one prefix: authentication, errors, routes. */
import type { FastifyInstance } from 'fastify';
import type { Json } from '../directory/attributes.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import type { FastifyRequest } from 'fastify';
import { hasScheme } from '../http/bearer.ts';
import { groupOperations } from './operations/group-operations.ts';
import { userOperations } from './operations/user-operations.ts';
import { registerDiscovery } from './routes/discovery-routes.ts';
import { registerResource } from './routes/resource-routes.ts';
import { registerRoles } from './routes/role-routes.ts';
import { recordTraffic, type Recorder } from './recording/record-traffic.ts';
import { logRequests } from './requests/log-requests.ts';
import type { RequestLog } from './requests/request-log.ts';
import { registerRoot } from './routes/root-routes.ts';
import type { RouteScope } from './routes/route-scope.ts';
import { readOnlyGuard } from './routes/read-only-guard.ts';
import type { ScimContext } from './scim-context.ts';
import { answerWithScimErrors } from './scim-errors.ts';
import { callOf } from './scim-request.ts';

/** Characters of a URL that are inspected to detect the IdP. */
const MAX_INSPECTED = 2_048;

export interface ScimOptions extends ScimContext {
  /** A token of the kind scim may do everything. Any other kind may only read. */
  readonly authenticate: Authenticate<TokenHolder>;
  /** The origin that clients see, without a path; undefined: taken from the request's Host header. */
  readonly publicUrl: string | undefined;
  /** The request log; undefined when requests are not logged. */
  readonly requests?: Pick<RequestLog, 'add'> | undefined;
  /** Records the traffic of connections; undefined: nothing is recorded. */
  readonly recorder?: Recorder | undefined;
  /** Types of events that the feed sends, announced in discovery. */
  readonly eventUris: readonly string[];
}

/** Registers the routes below the prefix of `scope`. */
export function registerScim(scope: FastifyInstance, options: ScimOptions): void {
  const { publicUrl, authenticate, profiles, eventUris, clock, requests, recorder } = options;
  const { prefix } = scope;
  answerWithScimErrors(scope);
  // Their hooks come before those that reject requests.
  const accepted = (request: FastifyRequest) => holderOf.ifAccepted(request);
  const notesOf = requests && logRequests(scope, { requests, clock, profiles, holderOf: accepted });
  if (recorder !== undefined) recordTraffic(scope, recorder, accepted);
  const holderOf = requireToken(scope, authenticate);
  // SCIM schemas define what a body may contain. A JSON schema cannot express it.
  scope.setValidatorCompiler(() => () => true);
  readOnlyGuard(scope, (request) => holderOf(request).connection === undefined);
  scope.addHook('preHandler', (request, _reply, done) => {
    const { method, url, headers, body } = request;
    const { connection } = holderOf(request);
    // A client that only reads is not an IdP: its requests are not evidence of which IdP pushes.
    if (connection === undefined) {
      done();
      return;
    }
    const ready = profiles.ready(connection);
    const go = () => {
      done();
    };
    profiles.observe(connection, {
      method,
      url: url.slice(prefix.length, prefix.length + MAX_INSPECTED),
      userAgent: headers['user-agent'],
      body: body as Json | undefined,
      scheme: hasScheme(request),
    });
    if (ready === undefined) done();
    else ready.then(go, go);
  });
  const routes: RouteScope = {
    callOf: (request) => callOf(request, { publicUrl, prefix, holderOf, notesOf }),
    // A feed token belongs to a governance tool, not to an IdP that needs another shape.
    discoveryOf: ({ connection }) =>
      connection === undefined ? 'full' : profiles.shape(connection).discovery,
  };
  const types = [userOperations(options), groupOperations(options)];
  registerDiscovery(scope, routes, eventUris);
  for (const type of types) registerResource(scope, routes, type);
  registerRoles(scope, routes, options);
  registerRoot(scope, routes, types);
}
