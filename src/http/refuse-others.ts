/** An address that exists, but not for this method, answers so: 405 and not 404, which reads as "it is gone". */
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
 * Refuses every method that `urls` do not have, before the body is read (RFC 9110 section 15.5.6).
 * @param allowed the methods that the addresses have
 */
export function refuseOthers(
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
        const why = `${request.method} is not for this address: use ${allow}.`;
        done(new BridgeError('method_not_allowed', why));
      },
      handler: () => undefined,
    });
  }
}

/**
 * Watches which methods the addresses of a scope get.
 * @returns a function that refuses all other methods of them, to be called when the scope has all its routes
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
    for (const [url, methods] of methodsByUrl) refuseOthers(scope, [url.slice(scope.prefix.length)], methods);
  };
}
