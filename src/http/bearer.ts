/** Reads the bearer token of a request. */
import type { FastifyRequest } from 'fastify';

const MAX_TOKEN_LENGTH = 1024;

/**
 * The token of the Authorization header: after `Bearer` in any case, or the whole value when it has no scheme, as
 * some IdPs send just what the admin typed.
 * @returns undefined when there is none, or none of a sane length.
 */
export function bearerToken(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization?.trim();
  if (header === undefined) return undefined;
  const token = /^(?:bearer\s+)?(\S+)$/i.exec(header)?.[1];
  if (token === undefined || token.length > MAX_TOKEN_LENGTH || /^bearer$/i.test(token)) return undefined;
  return token;
}

/** Whether the header says, as it should, what kind of credential it holds. */
export function hasScheme(request: FastifyRequest): boolean {
  return /^\s*bearer\s/i.test(request.headers.authorization ?? '');
}
