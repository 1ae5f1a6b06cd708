/** Authentication: HTTP Basic with the token and secret of a key. The scope of the key decides what it can do. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { forbidden, notFound, unauthorized } from './api-error.ts';
import type { Settings } from '../behaviour/settings.ts';
import type { CredentialName } from '../behaviour/traffic.ts';

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

/** `workspace`: everything that an admin can do except invites. `member`: what that member can do, with fewer lists. */
export type Scope = 'workspace' | 'member';

export interface Credentials {
  name(request: FastifyRequest): CredentialName;
  /** @throws ApiError 401 */
  scope(request: FastifyRequest): Scope;
  /** @throws ApiError 401, or the status of the quirk `privilege_refusal` for a member key without the privilege */
  admin(request: FastifyRequest): Scope;
  /** For paths that exist only for keys of some scopes. @throws ApiError 401, or 404 for other keys */
  only(request: FastifyRequest, scopes: 'any' | 'none' | Scope, what: string): void;
  /** The token (public part) of the key in the request. */
  keyToken(request: FastifyRequest): string;
}

export function createCredentials(
  main: Credential,
  inviter: Credential,
  settings: () => Settings,
): Credentials {
  function name(request: FastifyRequest): CredentialName {
    const header = request.headers.authorization;
    if (header === undefined) return 'none';
    const encoded = /^basic\s+(\S+)$/i.exec(header)?.[1] ?? '';
    const pair = Buffer.from(encoded, 'base64').toString();
    if (same(pair, main)) return 'main';
    return same(pair, inviter) ? 'inviter' : 'unknown';
  }

  function scope(request: FastifyRequest): Scope {
    const credential = name(request);
    if (credential === 'none' || credential === 'unknown') throw unauthorized();
    if (settings().revoked_keys.includes(credential)) throw unauthorized();
    return credential === 'main' ? 'workspace' : 'member';
  }

  return {
    name,
    scope,
    admin: (request) => {
      const found = scope(request);
      const { member_key: power, privilege_refusal: status } = settings().quirks;
      if (found === 'member' && power === 'plain') throw lacksPrivilege(status);
      return found;
    },
    only: (request, scopes, what) => {
      const found = scope(request);
      if (scopes !== 'any' && scopes !== found) throw notFound(what);
    },
    keyToken: (request) => (name(request) === 'main' ? main.token : inviter.token),
  };
}

/** Mode returns 403, or a 404 as if the owner of the key were not a member. */
function lacksPrivilege(status: Settings['quirks']['privilege_refusal']): Error {
  switch (status) {
    case 401:
      return unauthorized();
    case 403:
      return forbidden('You do not have permission to do this');
    case 404:
      return notFound('Membership', ' for Workspace');
  }
}

function same(pair: string, { token, secret }: Credential): boolean {
  const given = Buffer.from(pair);
  const expected = Buffer.from(`${token}:${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
