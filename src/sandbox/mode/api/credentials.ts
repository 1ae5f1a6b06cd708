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

/** The keys of one workspace. */
export interface WorkspaceKeys {
  /** A workspace API key: can do everything except invite. */
  readonly mainKey: Credential;
  /** The member API key of an admin: can invite. */
  readonly inviterKey: Credential;
}

/** Checks the keys of calls for one workspace. */
export interface Credentials {
  name(request: FastifyRequest): CredentialName;
  /** Whether the key of the request is valid in this workspace. */
  opens(request: FastifyRequest): boolean;
  /** @throws ApiError 401 for an invalid key, or 404 for a valid key of another workspace */
  scope(request: FastifyRequest): Scope;
  /** @throws ApiError as `scope`, or the status of the quirk `privilege_refusal` for a member key without the privilege */
  admin(request: FastifyRequest): Scope;
  /** For paths that exist only for keys of some scopes. @throws ApiError as `scope`, or 404 for other keys */
  only(request: FastifyRequest, scopes: 'any' | 'none' | Scope, what: string): void;
  /** The token (public part) of the key in the request. */
  keyToken(request: FastifyRequest): string;
}

/** @param opensOther whether the key of a request is valid in another workspace */
export function createCredentials(
  { mainKey, inviterKey }: WorkspaceKeys,
  settings: () => Settings,
  opensOther: (request: FastifyRequest) => boolean,
): Credentials {
  function name(request: FastifyRequest): CredentialName {
    if (request.headers.authorization === undefined) return 'none';
    return ownKey(request) ?? (opensOther(request) ? 'other_workspace' : 'unknown');
  }

  function ownKey({ headers }: FastifyRequest): 'main' | 'inviter' | undefined {
    const encoded = /^basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const pair = Buffer.from(encoded, 'base64').toString();
    if (same(pair, mainKey)) return 'main';
    return same(pair, inviterKey) ? 'inviter' : undefined;
  }

  function isRevoked(key: 'main' | 'inviter'): boolean {
    return settings().revoked_keys.includes(key);
  }

  function scope(request: FastifyRequest): Scope {
    const credential = name(request);
    if (credential === 'other_workspace') throw notMember();
    if (credential === 'none' || credential === 'unknown' || isRevoked(credential)) throw unauthorized();
    return credential === 'main' ? 'workspace' : 'member';
  }

  return {
    name,
    opens: (request) => {
      const key = ownKey(request);
      return key !== undefined && !isRevoked(key);
    },
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
    keyToken: (request) => (name(request) === 'main' ? mainKey.token : inviterKey.token),
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
      return notMember();
  }
}

/** Mode's response when the account of the key is not a member of the workspace. */
function notMember(): Error {
  return notFound('Membership', ' for Workspace');
}

function same(pair: string, { token, secret }: Credential): boolean {
  const given = Buffer.from(pair);
  const expected = Buffer.from(`${token}:${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
