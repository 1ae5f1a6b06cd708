/** Web pages of other sites cannot use a port that is meant for one machine or network. */
import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { checkHost, isLoopback } from '../../src/http/host-check.ts';
import { asBridgeError } from '../../src/http/problem.ts';
import { createServer } from '../../src/http/server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function serve() {
  const server = createServer({ log: pino({ level: 'silent' }) });
  checkHost(server, ['bridge.internal', '0.0.0.0'], 'BRIDGE_ADMIN_HOSTS');
  server.setErrorHandler((error, _request, reply) =>
    reply.code(400).send({ code: asBridgeError(error).code }),
  );
  server.all('/state', () => ({ code: 'ok' }));
  server.get('/readyz', () => ({ code: 'ok' }));
  return async (method: 'GET' | 'POST' | 'DELETE', headers: Record<string, string>, url = '/state') =>
    (await server.inject({ method, url, headers })).json<{ code: string }>().code;
}

describe('a request', () => {
  it.each([
    'localhost:8081',
    'LOCALHOST',
    'app.localhost:8081',
    '127.0.0.1:8081',
    '[::1]:8081',
    '10.1.2.3:8081',
    'bridge.internal',
    'BRIDGE.internal:8081',
  ])('for the host %s is accepted', async (host) => {
    expect(await serve()('GET', { host })).toBe('ok');
  });

  it.each([
    'attacker.test',
    'attacker.test:8081',
    'localhost.attacker.test',
    '127.0.0.1.attacker.test',
    'x y',
  ])('for the host %s is rejected, except for probes', async (host) => {
    expect(await serve()('GET', { host })).toBe('forbidden');
    expect(await serve()('GET', { host }, '/readyz')).toBe('ok');
  });

  it.each(['https://attacker.test', 'http://6.6.6.6', 'http://localhost:1234', 'null'])(
    'from a page of %s is rejected',
    async (origin) => {
      expect(await serve()('POST', { host: 'localhost:8081', origin, ...JSON_TYPE })).toBe('forbidden');
    },
  );

  it.each([
    ['localhost:8081', 'http://localhost:8081'],
    ['127.0.0.1:8081', 'https://bridge.internal'],
  ])('for the host %s from its own page at %s is accepted', async (host, origin) => {
    expect(await serve()('POST', { host, origin, ...JSON_TYPE })).toBe('ok');
  });
});

describe('a write', () => {
  it.each([
    ['without a content type', {}],
    ['of a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['of plain text', { 'content-type': 'text/plain' }],
  ])('%s is rejected', async (_name, headers) => {
    expect(await serve()('POST', { host: 'localhost', ...headers })).toBe('unsupported_media_type');
  });

  it.each([
    ['of JSON', JSON_TYPE],
    ['of SCIM', { 'content-type': 'application/scim+json; charset=utf-8' }],
    ['with a token, which pages of other sites do not have', { authorization: 'Bearer t' }],
  ])('%s is accepted', async (_name, headers) => {
    expect(await serve()('POST', { host: 'localhost', ...headers })).toBe('ok');
  });
});

it('loopback names are distinguished from names that only look like them', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', 'localhost.test', '127.0.0.1.test'].some(isLoopback)).toBe(false);
});
