/** The record of an API key, which only the key itself can read. */
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../api-context.ts';
import { notFound } from '../api-error.ts';

export function registerApiKeyRoutes(api: FastifyInstance, { simulation, credentials }: ApiContext): void {
  const { slug, workspace } = simulation;

  api.get<{ Params: { key: string } }>(`/${slug}/api_keys/:key`, (request) => {
    const scope = credentials.scope(request);
    if (request.params.key !== credentials.keyToken(request)) throw notFound('API key');
    // A workspace key has no owner.
    const owner = scope === 'member' ? workspace().owner() : undefined;
    const self = { href: `/api/${slug}/api_keys/${request.params.key}` };
    const links = owner === undefined ? { self } : { self, member: { href: `/api/${owner.username}` } };
    return { token_name: scope === 'member' ? 'inviter' : 'main', _links: links };
  });
}
