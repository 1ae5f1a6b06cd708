/**
 * What the OpenAPI documents say of a route, beside the schemas that Fastify works with. It is kept where Fastify does
 * not look: a schema that Fastify sees is one that it validates or serialises by, at every request.
 */
import type {} from '@fastify/swagger';
import type { FastifySchema } from 'fastify';

/** A part of an OpenAPI 3.1 document, or of a JSON Schema. */
export type Described = Readonly<Record<string, unknown>>;

export interface RouteDocs {
  /** Statuses with which this route refuses, beside those of every route (see `ALWAYS_REFUSES`). */
  readonly refuses?: readonly (keyof typeof REFUSALS)[];
  readonly parameters?: readonly Described[];
  readonly requestBody?: Described;
  /** Answers that are no refusals, by status. */
  readonly responses?: Readonly<Record<number, Described>>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    docs?: RouteDocs;
  }
}

/** What a refusal means, and under which name the documents have it. */
export const REFUSALS = {
  400: { name: 'BadRequest', description: 'The request cannot be understood. `detail` says why.' },
  401: { name: 'Unauthorized', description: 'There is no token, or it is not valid here.' },
  403: { name: 'Forbidden', description: 'The token does not allow this.' },
  404: { name: 'NotFound', description: 'There is nothing with this id.' },
  405: { name: 'MethodNotAllowed', description: 'The address exists, but not for this method. See `Allow`.' },
  409: { name: 'Conflict', description: 'The request contradicts what exists, e.g. the name is taken.' },
  410: { name: 'Gone', description: 'The snapshot or cursor has expired. Take a new snapshot.' },
  412: { name: 'PreconditionFailed', description: 'The resource has another version than If-Match names.' },
  413: { name: 'PayloadTooLarge', description: 'The body is too large. Send less at once.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not JSON.' },
  429: { name: 'TooManyRequests', description: 'Too many requests at once. See `Retry-After`.' },
  500: { name: 'InternalError', description: 'The bridge failed. Try again. Its log has the cause.' },
  503: { name: 'Unavailable', description: 'The bridge cannot answer now. See `Retry-After`.' },
} as const;

/** What any route can answer. A route that needs no token does not answer 401. */
export const ALWAYS_REFUSES = [400, 401, 500, 503] as const;

/** Headers of refusals, by status. */
const HEADERS: Readonly<Partial<Record<number, Described>>> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string' }, required: true } },
  405: {
    Allow: { description: 'The methods that the address has', schema: { type: 'string' }, required: true },
  },
  ...Object.fromEntries(
    [429, 500, 503].map((status) => [
      status,
      {
        'Retry-After': {
          description: 'When to try again, in seconds',
          schema: { type: 'integer', minimum: 0 },
          required: true,
        },
      },
    ]),
  ),
};

/** @param content of every refusal: the error's schema by media type */
export function refusalComponents(content: Described): Described {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, description }]) => {
      const headers = HEADERS[Number(status)];
      return [name, { description, ...(headers === undefined ? {} : { headers }), content }];
    }),
  );
}

export function ref(kind: 'schemas' | 'parameters' | 'responses' | 'headers', name: string): Described {
  return { $ref: `#/components/${kind}/${name}` };
}

/** @param docs what only the documents have of the route */
export function routeDocs(
  tag: string,
  operationId: string,
  summary: string,
  docs: RouteDocs = {},
): { schema: FastifySchema; config: { docs: RouteDocs } } {
  return { schema: { tags: [tag], operationId, summary }, config: { docs } };
}
