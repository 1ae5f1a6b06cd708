/** The keys by which events are checked (RFC 7517): public, so it needs no token. */
import type { FastifyInstance } from 'fastify';
import type { EventKeys } from './event-keys.ts';

/** How long a receiver may go on without looking again; one that meets a new key looks at once. */
const MAX_AGE_SECONDS = 300;

export function registerKeySet(server: FastifyInstance, keys: EventKeys): void {
  server.get('/.well-known/jwks.json', { schema: { hide: true } }, async (_request, reply) => {
    void reply.header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`);
    return reply.type('application/jwk-set+json').send(JSON.stringify(await keys.published()));
  });
}
