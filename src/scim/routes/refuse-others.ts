/** An address that is there, but not for this method, says so: 405 and not 404, which reads as "it is gone". */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { BridgeError } from '../../errors.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** @param allowed what the addresses are for */
export function refuseOthers(
  scope: FastifyInstance,
  urls: readonly string[],
  allowed: readonly HTTPMethods[],
): void {
  const method = METHODS.filter((one) => !allowed.includes(one));
  const allow = allowed.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
  for (const url of urls) {
    scope.route({
      method,
      url,
      schema: { hide: true },
      handler: (request, reply) => {
        void reply.header('allow', allow);
        throw new BridgeError(
          'method_not_allowed',
          `${request.method} is not for this address: use ${allow}.`,
        );
      },
    });
  }
}
