/** What the OpenAPI documents say of a route. */
import type {} from '@fastify/swagger';
import type { FastifySchema } from 'fastify';

export function routeDocs(tag: string, summary: string): { schema: FastifySchema } {
  return { schema: { tags: [tag], summary } };
}
