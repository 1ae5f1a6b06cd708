/** Refuses every request of a scope that has no token of the right kind; knows whose it is for those that have. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';
import { bearerToken } from './bearer.ts';

/** Finds who a token stands for, at once when it is known; undefined for a token that is not accepted here. */
export type Authenticate<Principal> = (
  token: string,
) => Principal | undefined | Promise<Principal | undefined>;

/**
 * Guards `scope` and everything below it, unknown addresses too.
 * @returns a function that tells the principal of a request that came through.
 */
export function requireToken<Principal extends object>(
  scope: FastifyInstance,
  authenticate: Authenticate<Principal>,
): (request: FastifyRequest) => Principal {
  const principals = new WeakMap<FastifyRequest, Principal>();

  // Not an async function: a token that is known costs no turn.
  scope.addHook('onRequest', (request, _reply, done) => {
    const token = bearerToken(request);
    if (token === undefined) {
      done(new BridgeError('unauthorized', 'Send the token in the header "Authorization: Bearer <token>".'));
      return;
    }
    const admit = (principal: Principal | undefined) => {
      if (principal === undefined) {
        const why = 'The token is not valid here: it is wrong, revoked or for something else.';
        done(new BridgeError('unauthorized', why));
        return;
      }
      principals.set(request, principal);
      done();
    };
    const found = authenticate(token);
    if (found instanceof Promise) found.then(admit, done);
    else admit(found);
  });

  return (request) => {
    const principal = principals.get(request);
    if (principal === undefined)
      throw new BridgeError('internal', 'A route without authentication asked whose request it is.');
    return principal;
  };
}
