/** Reads the bearer token of a request. */
import type { FastifyRequest } from 'fastify';

const MAX_TOKEN_LENGTH = 1024;

/**
 * Reads the token from the Authorization header: the text after `Bearer` in any case, or the whole value when there is no
 * scheme, because some IdPs send exactly what the admin typed.
 * @returns undefined when there is no token, or it is too long
 */
export function bearerToken(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization?.trim();
  if (header === undefined) return undefined;
  const token = /^(?:bearer\s+)?(\S+)$/i.exec(header)?.[1];
  if (token === undefined || token.length > MAX_TOKEN_LENGTH || /^bearer$/i.test(token)) return undefined;
  return token;
}

/** Whether the header has the scheme `Bearer`. */
export function hasScheme(request: FastifyRequest): boolean {
  return /^\s*bearer\s/i.test(request.headers.authorization ?? '');
}
