/** Rejects everything except reads for a read-only token, before the body is read. New routes are covered too. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../../errors.ts';

/** Searches are POSTs, but they only read (RFC 7644 section 3.4.3). */
const SEARCHES: ReadonlySet<string> = new Set(['/.search', '/Users/.search', '/Groups/.search']);

export function readOnlyGuard(scope: FastifyInstance, isReader: (request: FastifyRequest) => boolean): void {
  const searches = new Set([...SEARCHES].map((path) => scope.prefix + path));
  scope.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions } = request;
    const reads = method === 'GET' || method === 'HEAD';
    const searchesOnly = method === 'POST' && searches.has(routeOptions.url ?? '');
    if (reads || searchesOnly || !isReader(request)) {
      done();
      return;
    }
    done(new BridgeError('forbidden', 'This token is read-only: use a token of the kind scim to write.'));
  });
}
