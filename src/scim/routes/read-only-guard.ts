/** Whoever may only read is refused everything else, before any body is read: also what nobody has thought of yet. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../../errors.ts';

/** Searches, which are reads though they are POSTs (RFC 7644 section 3.4.3). */
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
    done(
      new BridgeError('forbidden', 'This token may read, and write nothing: use a token of the kind scim.'),
    );
  });
}
