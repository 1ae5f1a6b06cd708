import { fastify } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { TokenHolder } from '../../src/directory/access/token-holder.ts';
import { BridgeError } from '../../src/errors.ts';
import { createProfiles } from '../../src/scim/profile/profiles.ts';
import { registerScim } from '../../src/scim/register-scim.ts';

const clock: Clock = { now: () => 1_000, monotonic: () => 1_000, sleep: () => Promise.resolve() };
const holder: TokenHolder = {
  workspace: 'acme',
  tokenId: 't',
  kind: 'scim',
  connection: { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' },
};

/** A SCIM service whose use cases all fail with the same error. */
function failing(error: Error) {
  const fail = () => Promise.reject(error);
  const users = { create: fail, get: fail, list: fail, update: fail, remove: fail };
  const server = fastify();
  onTestFinished(() => server.close());
  server.register(
    (scope, _options, done) => {
      const groups = { ...users, members: fail };
      const store = { profile: fail, saveDetected: fail, pin: fail, warnings: fail, addWarning: fail };
      registerScim(scope, {
        users,
        groups,
        views: { user: fail, users: fail, groups: fail },
        clock,
        readOptionsOf: () => ({ adminRoleAnyCase: false }),
        profiles: createProfiles(store, clock, scope.log),
        authenticate: () => Promise.resolve(holder),
        publicUrl: undefined,
        eventUris: [],
      });
      done();
    },
    { prefix: '/scim/v2' },
  );
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string) => {
    const payload = method === 'POST' ? { userName: 'a' } : { Operations: [] };
    const body = method === 'POST' || method === 'PATCH' ? { payload } : {};
    return server.inject({ method, url: `/scim/v2${url}`, headers: { authorization: 'Bearer x' }, ...body });
  };
}

describe('a fault of the bridge', () => {
  it.each([
    ['GET', '/Users/1'],
    ['GET', '/Users?filter=userName%20eq%20%22a%22'],
    ['POST', '/Users'],
    ['PATCH', '/Groups/1'],
    ['DELETE', '/Users/1'],
  ] as const)(
    'returns 500 with Retry-After, never 404, and does not reveal its cause: %s %s',
    async (method, url) => {
      const answer = await failing(new Error('no such table: users'))(method, url);
      expect(answer.statusCode).toBe(500);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(answer.headers['content-type']).toContain('application/scim+json');
      expect(answer.json()).toMatchObject({ status: '500' });
      expect(answer.body).not.toContain('table');
    },
  );

  it('that is temporary returns 503 with Retry-After', async () => {
    const answer = await failing(new BridgeError('unavailable', 'Try again.'))('GET', '/Users/1');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  });
});
