/** Who is calling: HTTP Basic with a key's token and secret. A key's scope decides what Mode lets it do. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { unauthorized } from './api-error.ts';
import type { CredentialName } from './traffic.ts';

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

/** `workspace`: an admin's power, but no invites. `member`: what that member may, and fewer lists. */
export type Scope = 'workspace' | 'member';

export interface Credentials {
  name(request: FastifyRequest): CredentialName;
  /** @throws ApiError 401 */
  scope(request: FastifyRequest): Scope;
  /** The public part of the key that is used. */
  keyToken(request: FastifyRequest): string;
}

export function createCredentials(main: Credential, inviter: Credential): Credentials {
  function name(request: FastifyRequest): CredentialName {
    const header = request.headers.authorization;
    if (header === undefined) return 'none';
    const encoded = /^basic\s+(\S+)$/i.exec(header)?.[1] ?? '';
    const pair = Buffer.from(encoded, 'base64').toString();
    if (same(pair, main)) return 'main';
    return same(pair, inviter) ? 'inviter' : 'unknown';
  }
  return {
    name,
    scope: (request) => {
      const credential = name(request);
      if (credential === 'main') return 'workspace';
      if (credential === 'inviter') return 'member';
      throw unauthorized();
    },
    keyToken: (request) => (name(request) === 'main' ? main.token : inviter.token),
  };
}

function same(pair: string, { token, secret }: Credential): boolean {
  const given = Buffer.from(pair);
  const expected = Buffer.from(`${token}:${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
