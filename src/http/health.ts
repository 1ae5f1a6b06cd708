/** Liveness and readiness, on every port, without a token: they tell nothing but yes or no. */
import type { FastifyInstance } from 'fastify';

/** @param ready rejects when the bridge cannot serve now, e.g. when its database does not answer */
export function registerHealth(server: FastifyInstance, ready: () => Promise<void>): void {
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (request, reply) => {
    try {
      await ready();
      return { status: 'ready' };
    } catch (error) {
      request.log.error({ reqId: request.id, err: error }, 'not ready');
      return reply.code(503).header('retry-after', '5').send({ status: 'not ready' });
    }
  });
}
