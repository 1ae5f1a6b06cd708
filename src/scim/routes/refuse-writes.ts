/** An address that is there, but not for this method, says so: 405 and not 404, which reads as "it is gone". */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { BridgeError } from '../../errors.ts';

export function refuseWrites(scope: FastifyInstance, urls: readonly string[], methods: HTTPMethods[]): void {
  for (const url of urls) {
    scope.route({
      method: methods,
      url,
      schema: { hide: true },
      handler: (request) => {
        throw new BridgeError('method_not_allowed', `${request.method} is not for this address.`);
      },
    });
  }
}
