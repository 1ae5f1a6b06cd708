import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TargetError } from '../../../src/provisioning/ports/target.ts';
import {
  groupMemberOf,
  groupOf,
  listOf,
  memberOf,
  totalPagesOf,
} from '../../../src/targets/mode/mode-json.ts';
import { openModeTarget } from '../../../src/targets/mode/mode-target.ts';
import { answer as fakeAnswer, fakeMode, members, standingClock } from './fake-mode.ts';
import { systemRandom } from '../../../src/random.ts';

const HOUR_MS = 60 * 60_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A fake Mode that runs the given handler and records the requested paths. */
async function modeThat(handle: Handler) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = openModeTarget({
    baseUrl,
    workspace: 'acme',
    key: { token: 'main', secret: 's' },
    clock: standingClock(),
    random: systemRandom,
    requestsPerSecond: 1_000,
    timeoutMs: 300,
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await target.close();
  });
  return { target, baseUrl, seen };
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/hal+json', ...headers }).end(body);
  };
const json = (body: unknown) => JSON.stringify(body);
const html = { 'content-type': 'text/html' };
const wrongKey = json({ message: 'This endpoint is unsupported for use with Api Keys' });

describe('every response of Mode is a result or an error of a known kind', () => {
  it.each<[string, Handler, string, string]>([
    ['400', answer(400, json({ id: 'bad_request', message: 'no such thing' })), 'refused', 'no such thing'],
    ['400 for the wrong kind of key', answer(400, wrongKey), 'forbidden', 'unsupported'],
    ['401', answer(401, json({ id: 'unauthorized', message: 'x' })), 'unauthorized', 'MODE_API_KEY'],
    ['401 without a body', answer(401, ''), 'unauthorized', '401'],
    ['403', answer(403, json({ id: 'forbidden', message: 'x' })), 'forbidden', 'privilege'],
    ['404', answer(404, json({ id: 'not_found', message: 'x' })), 'forbidden', '404'],
    ['409', answer(409, '{}'), 'refused', '409'],
    [
      '422 with fields',
      answer(422, json({ message: { name: ['is taken', 'is odd'] } })),
      'refused',
      'name is taken, is odd',
    ],
    ['429', answer(429, '{}'), 'rate_limited', '429'],
    ['500', answer(500, json({ message: 'x' })), 'unavailable', '500'],
    ['502 in HTML', answer(502, '<html>bad gateway</html>', html), 'unavailable', '502'],
    ['503', answer(503, ''), 'unavailable', '503'],
    ['a login page with 200', answer(200, '<html>log in</html>', html), 'unavailable', 'not JSON'],
    ['truncated JSON', answer(200, '{"_embedded":{"groups":[{'), 'unavailable', 'not JSON'],
    ['an empty body', answer(200, ''), 'unavailable', 'not JSON'],
    ['a list with another name', answer(200, json({ _embedded: { things: [] } })), 'unavailable', 'no list'],
    ['wrong types', answer(200, json({ _embedded: { groups: 'none' } })), 'unavailable', 'no list'],
    ['null', answer(200, 'null'), 'unavailable', 'no list'],
    [
      'a redirect elsewhere',
      answer(302, '', { location: 'https://login.example.com/' }),
      'unavailable',
      'redirected',
    ],
    [
      'a redirect in a circle',
      answer(302, '', { location: '/api/acme/groups' }),
      'unavailable',
      'redirected',
    ],
    ['a closed connection', (request) => request.socket.destroy(), 'unavailable', 'could not be reached'],
    ['no answer in time', () => undefined, 'unavailable', 'no answer within'],
    [
      'a body that never ends',
      (_request, response) => response.writeHead(200).write('{'),
      'unavailable',
      'no answer within',
    ],
  ])('%s', async (_name, handle, kind, words) => {
    const { target } = await modeThat(handle);
    const error: unknown = await target.readGroups().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toMatchObject({ kind });
    expect((error as Error).message).toContain(words);
  });

  it.each([
    ['7', 7_000],
    ['0', 0],
    [new Date('2020-01-01').toUTCString(), 0],
    ['soon', undefined],
  ])('Retry-After %s is %s ms', async (header, retryAfterMs) => {
    const { target } = await modeThat(answer(429, '{}', { 'retry-after': header }));
    await expect(target.readGroups()).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs });
  });

  it('credentials are never sent to another origin', async () => {
    const other = await modeThat(answer(200, json({ _embedded: { groups: [] } })));
    const { target } = await modeThat(answer(302, '', { location: `${other.baseUrl}/api/acme/groups` }));
    await expect(target.readGroups()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(other.seen).toEqual([]);
  });

  it('a read follows redirects within the origin', async () => {
    const groups = {
      _embedded: { groups: [{ token: 'g', name: 'Team' }] },
      pagination: { total_pages: '1' },
    };
    const { target } = await modeThat((request, response) => {
      if (request.url === '/moved') response.end(json(groups));
      else response.writeHead(301, { location: '/moved' }).end();
    });
    expect(await target.readGroups()).toEqual([
      { token: 'g', name: 'Team', writable: true, writtenAt: null },
    ]);
  });

  it.each([200, 201, 204])('a write that gets %s succeeds', async (status) => {
    const { target } = await modeThat(answer(status, status === 204 ? '' : '{}'));
    await expect(
      target.apply({ type: 'rename_group', targetGroupId: 'g', name: 'n', from: 'Old' }),
    ).resolves.toEqual({});
  });

  it('an invite with only a workspace key fails with advice', async () => {
    const { target } = await modeThat(answer(400, wrongKey));
    const error: unknown = await target
      .apply({ type: 'invite', email: 'a@x.test', name: null, former: null })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ kind: 'forbidden' });
    expect((error as Error).message).toContain('MODE_INVITER_KEY');
  });
});

describe('members are read from the first list that the key can read', () => {
  const lite = {
    member_token: 't',
    email: 'a@x.test',
    username: 'a',
    name: 'A',
    state: 'active',
    admin: false,
  };
  const links = { self: { href: 'api/acme/memberships/m1' } };
  const full = { member_token: 't', member_username: 'a', state: 'active', admin: 'true', _links: links };

  it('memberships/lite', async () => {
    const { target, seen } = await modeThat(
      answer(200, json({ _embedded: { memberships: [lite, { state: 'active' }] } })),
    );
    expect(await target.readMembers()).toMatchObject([
      { accountId: 't', email: 'a@x.test', membershipId: null },
    ]);
    expect(seen).toEqual(['/api/acme', '/api/acme/memberships/lite']);
  });

  it('otherwise memberships, with the address from the user record', async () => {
    const { target } = await modeThat((request, response) => {
      if (request.url === '/api/acme') response.end('{}');
      else if (request.url?.endsWith('/lite') === true) response.writeHead(404).end('{}');
      else if (request.url === '/api/a') response.end(json({ email: 'a@x.test', name: 'A' }));
      else response.end(json({ _embedded: { memberships: [full] } }));
    });
    expect(await target.readMembers()).toMatchObject([
      { membershipId: 'm1', email: 'a@x.test', name: 'A', admin: true },
    ]);
  });

  it('and the address from a user record is used for four hours, and then read again', async () => {
    const jane = { member_token: 'a1', member_username: 'jane', state: 'active' };
    const mode = await fakeMode({
      'GET /api/acme/memberships/lite': fakeAnswer(404),
      'GET /api/acme/memberships': fakeAnswer(200, members(jane)),
      'GET /api/jane': fakeAnswer(200, { email: 'old@x.test' }),
    });
    const first = await mode.target.readMembers();
    expect(first).toMatchObject([{ email: 'old@x.test' }]);
    mode.answerWith({ 'GET /api/jane': fakeAnswer(200, { email: 'new@x.test' }) });
    mode.advance(4 * HOUR_MS - 1);
    const second = await mode.target.readMembers(first);
    expect(second).toMatchObject([{ email: 'old@x.test' }]);
    expect(mode.calls('GET', '/api/jane')).toHaveLength(1);
    mode.advance(1);
    expect(await mode.target.readMembers(second)).toMatchObject([{ email: 'new@x.test' }]);
    expect(mode.calls('GET', '/api/jane')).toHaveLength(2);
  });

  it('when no list can be read, the read fails and is never an empty list', async () => {
    const { target } = await modeThat((request, response) => {
      if (request.url === '/api/acme') response.end('{}');
      else response.writeHead(404).end('{}');
    });
    await expect(target.readMembers()).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

it('any JSON in a row gives a row, undefined or a TargetError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of [memberOf, groupOf, totalPagesOf, (row: unknown) => groupMemberOf('g', row)])
        read(value);
      try {
        listOf('GET x', value, 'groups');
      } catch (error) {
        expect(error).toBeInstanceOf(TargetError);
      }
    }),
  );
});
