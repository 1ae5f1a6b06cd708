/** Rejects every request to a scope without a valid token, and keeps the principal of the accepted ones. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';
import { bearerToken } from './bearer.ts';

/** Finds the principal of a token, synchronously when it is cached; undefined for a token that is not accepted here. */
export type Authenticate<Principal> = (
  token: string,
) => Principal | undefined | Promise<Principal | undefined>;

export interface Authentication<Principal> {
  /** The principal of an accepted request. */
  (request: FastifyRequest): Principal;
  /** undefined: the request was not accepted. */
  readonly ifAccepted: (request: FastifyRequest) => Principal | undefined;
}

/** Guards `scope` and everything below it, including unknown URLs. */
export function requireToken<Principal extends object>(
  scope: FastifyInstance,
  authenticate: Authenticate<Principal>,
): Authentication<Principal> {
  const principals = new WeakMap<FastifyRequest, Principal>();

  // Not an async function, so that a cached token does not cost a turn of the event loop.
  scope.addHook('onRequest', (request, _reply, done) => {
    const token = bearerToken(request);
    if (token === undefined) {
      done(new BridgeError('unauthorized', 'Send the token in the header "Authorization: Bearer <token>".'));
      return;
    }
    const accept = (principal: Principal | undefined) => {
      if (principal === undefined) {
        const detail = 'The token is not valid here: it is wrong, expired, revoked, or for another API.';
        done(new BridgeError('unauthorized', detail));
        return;
      }
      principals.set(request, principal);
      done();
    };
    const found = authenticate(token);
    if (found instanceof Promise) found.then(accept, done);
    else accept(found);
  });

  const ifAccepted = (request: FastifyRequest) => principals.get(request);
  const principalOf = (request: FastifyRequest) => {
    const principal = ifAccepted(request);
    if (principal === undefined)
      throw new BridgeError(
        'internal',
        'A route without authentication asked for the principal of a request.',
      );
    return principal;
  };
  return Object.assign(principalOf, { ifAccepted });
}
