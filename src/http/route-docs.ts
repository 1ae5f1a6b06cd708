/**
 * The OpenAPI description of a route. It is kept apart from the route's schema: Fastify uses every schema that it sees to
 * validate or serialise each request.
 */
import type {} from '@fastify/swagger';
import type { FastifySchema } from 'fastify';

/** A part of an OpenAPI 3.1 document, or of a JSON Schema. */
export type Described = Readonly<Record<string, unknown>>;

export interface RouteDocs {
  /** Error statuses of this route, in addition to those of every route (see `ALWAYS_REFUSES`). */
  readonly refuses?: readonly (keyof typeof REFUSALS)[];
  readonly parameters?: readonly Described[];
  readonly requestBody?: Described;
  /** Responses that are not errors, by status. */
  readonly responses?: Readonly<Record<number, Described>>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    docs?: RouteDocs;
  }
}

/** The error statuses: their component name in the documents, and their description. */
export const REFUSALS = {
  400: { name: 'BadRequest', description: 'The request is not valid. `detail` has the reason.' },
  401: { name: 'Unauthorized', description: 'The token is missing or not valid here.' },
  403: { name: 'Forbidden', description: 'The token does not allow this.' },
  404: { name: 'NotFound', description: 'There is no resource with this id.' },
  405: { name: 'MethodNotAllowed', description: 'The URL does not support this method. See `Allow`.' },
  409: { name: 'Conflict', description: 'The request conflicts with existing data, e.g. the name is taken.' },
  410: { name: 'Gone', description: 'The snapshot or cursor has expired. Take a new snapshot.' },
  412: { name: 'PreconditionFailed', description: 'The version of the resource does not match If-Match.' },
  413: { name: 'PayloadTooLarge', description: 'The body is too large. Send a smaller body.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not JSON.' },
  429: { name: 'TooManyRequests', description: 'Too many requests at once. See `Retry-After`.' },
  500: { name: 'InternalError', description: 'The bridge failed. Try again. Its log has the cause.' },
  503: { name: 'Unavailable', description: 'The service is not available now. See `Retry-After`.' },
} as const;

/** Error statuses of every route. A route that needs no token does not return 401. */
export const ALWAYS_REFUSES = [400, 401, 500, 503] as const;

/** Headers of error responses, by status. */
const HEADERS: Readonly<Partial<Record<number, Described>>> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string' }, required: true } },
  405: {
    Allow: { description: 'The methods that the URL supports', schema: { type: 'string' }, required: true },
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

/** @param content the content of every error response: the schema of the error by media type */
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

/** @param docs the parts of the description that Fastify must not see */
export function routeDocs(
  tag: string,
  operationId: string,
  summary: string,
  docs: RouteDocs = {},
): { schema: FastifySchema; config: { docs: RouteDocs } } {
  return { schema: { tags: [tag], operationId, summary }, config: { docs } };
}
