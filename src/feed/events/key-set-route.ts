/** The public keys that verify events (RFC 7517). The route needs no token. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { rejectOtherMethods } from '../../http/method-not-allowed.ts';
import type { EventKeys } from './event-keys.ts';

/** How long a receiver may cache the keys. A receiver that sees an unknown key reads them again at once. */
const MAX_AGE_SECONDS = 300;
const PATH = '/.well-known/jwks.json';
const MEDIA_TYPE = 'application/jwk-set+json';

const KeySet = Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) });

export function registerKeySet(server: FastifyInstance, keys: EventKeys): void {
  const schema = {
    tags: ['feed'],
    operationId: 'readKeySet',
    summary: 'The public keys that verify events, as a JSON Web Key Set. Needs no token',
    security: [],
    response: { 200: { description: 'The keys', content: { [MEDIA_TYPE]: { schema: KeySet } } } },
  };
  server.get(PATH, { schema }, async (_request, reply) => {
    void reply.header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`);
    return reply.type(MEDIA_TYPE).send(JSON.stringify(await keys.published()));
  });
  rejectOtherMethods(server, [PATH], ['GET']);
}
