/** Every route of SCIM, feed and admin rejects clients without a token of its kind. New routes are covered too. */
import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerAdmin, type AdminOptions } from '../../src/admin/admin-routes.ts';
import type { Connection } from '../../src/directory/access/connection.ts';
import type { TokenHolder } from '../../src/directory/access/token-holder.ts';
import {
  authenticate,
  digestToken,
  generateToken,
  TOKEN_KINDS,
  tokenPrefix,
  type Token,
  type TokenKind,
} from '../../src/directory/access/token.ts';
import { registerFeed, type FeedOptions } from '../../src/feed/feed-routes.ts';
import { registerScim, type ScimOptions } from '../../src/scim/register-scim.ts';

const connection: Connection = { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

/** Calls to anything behind the routes. */
let touched: string[] = [];

/** A stub of any shape. Only `known` may be used; any other call is recorded, and fails. */
function untouchable<T extends object>(known: Partial<T>, name = ''): T {
  const call = () => {
    touched.push(name);
    throw new Error(`${name} was called`);
  };
  const get = (_target: object, key: string | symbol): unknown => {
    if (Object.hasOwn(known, key)) return Reflect.get(known, key);
    return typeof key === 'symbol' || key === 'then' ? undefined : untouchable({}, `${name}.${key}`);
  };
  return new Proxy(call, { get }) as unknown as T;
}

const tokens = new Map(TOKEN_KINDS.map((kind) => [kind, generateToken(kind)]));
const tokenOf = (kind: TokenKind) => tokens.get(kind) ?? '';
const rows = TOKEN_KINDS.map((kind): Token => {
  const text = tokenOf(kind);
  const about = { id: kind, workspace: 'acme', kind, label: kind, createdAt: 0 };
  const times = { revokedAt: null, expiresAt: null };
  const connectionId = kind === 'scim' ? 'okta' : null;
  return { ...about, ...times, connectionId, prefix: tokenPrefix(text), digest: digestToken(text) };
});
const store = {
  findTokens: (prefix: string) => Promise.resolve(rows.filter((row) => row.prefix === prefix)),
  tokens: () => Promise.resolve(rows),
  addToken: () => Promise.resolve(),
  revokeToken: () => Promise.resolve(false),
};
const guardOf =
  (...kinds: readonly TokenKind[]) =>
  async (text: string): Promise<TokenHolder | undefined> => {
    for (const kind of kinds) {
      const token = await authenticate(store, text, kind, 0);
      if (token === undefined) continue;
      const known = { workspace: 'acme', tokenId: token.id };
      return kind === 'scim' ? { ...known, kind, connection } : { ...known, kind };
    }
    return undefined;
  };

/** `readers`: kinds of tokens that may only read. */
const surfaces: Record<
  TokenKind,
  {
    prefix: string;
    some: string;
    readers: readonly TokenKind[];
    register: (scope: FastifyInstance) => void;
  }
> = {
  scim: {
    prefix: '/scim/v2',
    some: '/scim/v2/Groups/x',
    readers: ['feed'],
    register: (scope) => {
      const guard = guardOf('scim', 'feed');
      const without = { publicUrl: undefined, requests: undefined, recorder: undefined };
      registerScim(scope, untouchable<ScimOptions>({ authenticate: guard, ...without }));
    },
  },
  feed: {
    prefix: '/feed/v1',
    some: '/feed/v1/events/poll',
    readers: [],
    register: (scope) => {
      registerFeed(scope, untouchable<FeedOptions>({ authenticate: guardOf('feed') }));
    },
  },
  admin: {
    prefix: '/admin/api',
    some: '/admin/api/status',
    readers: [],
    register: (scope) => {
      registerAdmin(scope, untouchable<AdminOptions>({ authenticate: guardOf('admin') }));
    },
  },
};

describe.each(TOKEN_KINDS)('the routes of %s', (kind) => {
  const { prefix, some, readers, register } = surfaces[kind];
  const server = fastify();
  const urls = new Set<string>([`${prefix}/there/is/nothing`]);
  const routes: { method: Method; url: string }[] = [];

  beforeAll(async () => {
    server.addHook('onRoute', ({ method, url }) => {
      const path = url.replace(/:\w+|\*/g, 'x');
      urls.add(path);
      for (const one of [method].flat()) routes.push({ method: one as Method, url: path });
    });
    server.register(
      (scope, _options, done) => {
        register(scope);
        done();
      },
      { prefix },
    );
    await server.ready();
  });
  beforeEach(() => {
    touched = [];
  });
  afterAll(() => server.close());

  const others = TOKEN_KINDS.filter((other) => other !== kind && !readers.includes(other));
  const strangers: [string, string | undefined][] = [
    ['no token', undefined],
    ['an empty header', ''],
    ['an empty bearer', 'Bearer '],
    ['a bearer without a token', 'Bearer'],
    ['a token that was never issued', `Bearer ${generateToken(kind)}`],
    ['half of the token', `Bearer ${tokenOf(kind).slice(0, -1)}`],
    ['the token in another scheme', `Basic ${tokenOf(kind)}`],
    ['two tokens', `Bearer ${tokenOf(kind)} ${tokenOf(kind)}`],
    ...others.map((other): [string, string] => [`a token of ${other}`, `Bearer ${tokenOf(other)}`]),
  ];

  it.each(strangers)('all return 401 with %s, for every method, and do nothing', async (_what, header) => {
    expect(routes.map(({ url }) => url)).toContain(some);
    const headers = header === undefined ? {} : { authorization: header };
    for (const url of urls) {
      for (const method of METHODS) {
        const answer = await server.inject({ method, url, headers });
        expect(answer.statusCode, `${method} ${url}`).toBe(401);
        expect(answer.headers['www-authenticate'], `${method} ${url}`).toMatch(/^Bearer\b/);
      }
    }
    expect(touched).toEqual([]);
  });

  it('return 401 for any body and query, and do not read them', async () => {
    for (const payload of ['{"userName":', 'x'.repeat(2_000_000), '{}']) {
      for (const url of urls) {
        const headers = { 'content-type': 'text/strange' };
        const answer = await server.inject({
          method: 'POST',
          url: `${url}?filter=%zz&count=x`,
          payload,
          headers,
        });
        expect(answer.statusCode, url).toBe(401);
        expect(answer.body).not.toContain('userName');
      }
    }
    expect(touched).toEqual([]);
  });

  it('accept a token of their kind', async () => {
    const headers = { authorization: `Bearer ${tokenOf(kind)}` };
    for (const { method, url } of routes) {
      expect((await server.inject({ method, url, headers })).statusCode, `${method} ${url}`).not.toBe(401);
    }
    expect(touched).not.toEqual([]);
  });

  it.each(readers)(
    'return 403 for every write with a token of %s, whatever its body, and do nothing',
    async (reader) => {
      const headers = { authorization: `Bearer ${tokenOf(reader)}`, 'content-type': 'application/json' };
      const reads = (method: Method, url: string) =>
        method === 'GET' || method === 'HEAD' || (method === 'POST' && url.endsWith('/.search'));
      const writes = [...urls].flatMap((url) =>
        METHODS.filter((method) => !reads(method, url)).map((method) => ({ method, url })),
      );
      expect(writes).toContainEqual({ method: 'POST', url: `${prefix}/Bulk` });
      expect(writes).toContainEqual({ method: 'PATCH', url: `${prefix}/Users/x` });
      for (const { method, url } of writes) {
        for (const payload of ['{}', '{"userName":', '{"schemas":[],"Operations":[]}']) {
          const answer = await server.inject({ method, url, headers, payload });
          expect(answer.statusCode, `${method} ${url}`).toBe(403);
          expect(answer.json(), `${method} ${url}`).toMatchObject({ status: '403' });
        }
      }
      expect(touched).toEqual([]);
    },
  );

  it.each(readers)('allow every read with a token of %s', async (reader) => {
    const headers = { authorization: `Bearer ${tokenOf(reader)}` };
    for (const { method, url } of routes.filter((route) => route.method === 'GET')) {
      const { statusCode } = await server.inject({ method, url, headers });
      expect([401, 403], `${method} ${url}`).not.toContain(statusCode);
    }
  });
});
