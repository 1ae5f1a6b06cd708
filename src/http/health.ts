/** Liveness and readiness, on every port, without a token: they tell yes or no, and in general words why not. */
import type { FastifyInstance } from 'fastify';

const RETRY_AFTER_SECONDS = '5';

/** @returns why the bridge cannot do its work now, without secrets; empty when it can. Never rejects. */
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
