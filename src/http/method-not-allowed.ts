/** Returns 405 for a URL that exists but does not support the method. An IdP would read a 404 as "it is gone". */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { BridgeError } from '../errors.ts';

const METHODS: readonly HTTPMethods[] = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'QUERY',
];

/**
 * Rejects every method that `urls` do not support, before the body is read (RFC 9110 section 15.5.6).
 * @param allowed the methods that the URLs support
 */
export function rejectOtherMethods(
  scope: FastifyInstance,
  urls: readonly string[],
  allowed: readonly HTTPMethods[],
): void {
  const method = METHODS.filter((candidate) => !allowed.includes(candidate));
  const allow = allowed.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ');
  for (const url of urls) {
    scope.route({
      method,
      url,
      schema: { hide: true },
      onRequest: (request, reply, done) => {
        void reply.header('allow', allow);
        const detail = `${request.method} is not supported here: use ${allow}.`;
        done(new BridgeError('method_not_allowed', detail));
      },
      handler: () => undefined,
    });
  }
}

/**
 * Collects the methods of all routes of a scope.
 * @returns a function that rejects all other methods; call it when the scope has all its routes
 */
export function watchMethods(scope: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, HTTPMethods[]>();
  let watching = true;
  scope.addHook('onRoute', ({ url, method }) => {
    if (!watching) return;
    const methods = Array.isArray(method) ? method : [method];
    methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), ...methods.filter((name) => name !== 'HEAD')]);
  });
  return () => {
    watching = false;
    for (const [url, methods] of methodsByUrl) {
      rejectOtherMethods(scope, [url.slice(scope.prefix.length)], methods);
    }
  };
}
