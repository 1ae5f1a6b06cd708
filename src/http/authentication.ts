/** Refuses every request of a scope that has no token of the right kind; knows whose it is for those that have. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';
import { bearerToken } from './bearer.ts';

/** Finds who a token stands for; undefined for a token that is not accepted here. */
export type Authenticate<Principal> = (token: string) => Promise<Principal | undefined>;

/**
 * Guards `scope` and everything below it, unknown addresses too.
 * @returns a function that tells the principal of a request that came through.
 */
export function requireToken<Principal extends object>(
  scope: FastifyInstance,
  authenticate: Authenticate<Principal>,
): (request: FastifyRequest) => Principal {
  const principals = new WeakMap<FastifyRequest, Principal>();

  scope.addHook('onRequest', async (request) => {
    const token = bearerToken(request);
    if (token === undefined) {
      throw new BridgeError('unauthorized', 'Send the token in the header "Authorization: Bearer <token>".');
    }
    const principal = await authenticate(token);
    if (principal === undefined) {
      throw new BridgeError(
        'unauthorized',
        'The token is not valid here: it is wrong, revoked or for something else.',
      );
    }
    principals.set(request, principal);
  });

  return (request) => {
    const principal = principals.get(request);
    if (principal === undefined)
      throw new BridgeError('internal', 'A route without authentication asked whose request it is.');
    return principal;
  };
}
