/** Who is calling: HTTP Basic with a key's token and secret. A key's scope decides what Mode lets it do. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { forbidden, notFound, unauthorized } from './api-error.ts';
import type { Settings } from '../behaviour/settings.ts';
import type { CredentialName } from '../behaviour/traffic.ts';

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
  /** @throws ApiError 401, or as the switches say for a member's key without an admin's power */
  admin(request: FastifyRequest): Scope;
  /** For addresses that do not exist for every key. @throws ApiError 401, or 404 for a key they are not for */
  only(request: FastifyRequest, scopes: 'any' | 'none' | Scope, what: string): void;
  /** The public part of the key that is used. */
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

/** Mode may say that a key lacks a privilege, or that its owner is nobody here. */
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
