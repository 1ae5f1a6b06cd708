/** Liveness and readiness, on every port and without a token. A response has the state and general reasons only. */
import type { FastifyInstance } from 'fastify';

const RETRY_AFTER_SECONDS = '5';

/** @returns why the bridge is not ready, without secrets; empty when it is ready. Never rejects. */
export type Readiness = () => Promise<readonly string[]>;

export function registerHealth(server: FastifyInstance, readiness: Readiness): void {
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const reasons = await readiness();
    if (reasons.length === 0) return { status: 'ready' };
    return reply
      .code(503)
      .header('retry-after', RETRY_AFTER_SECONDS)
      .send({ status: 'not ready', reasons: [...reasons] });
  });
}
