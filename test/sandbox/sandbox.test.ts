import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { basic, INVITER, MAIN, simulate } from './simulated.ts';

describe('privileges', () => {
  it.each([
    ['GET', '/api/acme', null, 200],
    ['GET', '/api/acme/memberships', null, 401],
    ['GET', '/api/acme/memberships', basic('wrong'), 401],
    ['GET', '/api/verify', MAIN, 200],
    ['GET', '/api/account', MAIN, 400],
    ['GET', '/api/acme/memberships', MAIN, 200],
    ['GET', '/api/acme/memberships', INVITER, 404],
    ['GET', '/api/acme/memberships/lite', INVITER, 200],
    ['GET', '/api/acme/groups', MAIN, 200],
    ['GET', '/api/acme/groups?data_source=x', MAIN, 400],
    ['GET', '/api/nobody', MAIN, 404],
    ['GET', '/api/other/groups', MAIN, 404],
    ['GET', '/nothing', MAIN, 404],
  ])('%s %s with %s: %s', async (method, path, authorization, status) => {
    const { call } = await simulate();
    expect((await call(method, path, undefined, authorization)).status).toBe(status);
  });

  it('a workspace key cannot invite, and the anonymous workspace has no links for admins', async () => {
    const { call } = await simulate();
    const body = { invite: { invitee: { email: 'a@x.test' }, message: 'hi' } };
    expect(await call('POST', '/api/acme/invites', body)).toMatchObject({
      status: 400,
      body: { message: 'This endpoint is unsupported for use with Api Keys' },
    });
    expect((await call('GET', '/api/acme', undefined, null)).text).not.toContain('memberships');
  });
});

describe('behaviour of Mode', () => {
  it('the token of a membership is only in its self link', async () => {
    const { call, state } = await simulate();
    const { _embedded } = (await call('GET', '/api/acme/memberships')).body as unknown as {
      _embedded: { memberships: [Record<string, unknown>] };
    };
    const [row] = _embedded.memberships;
    const [{ membership_token: token }] = (await state())['members'] as [{ membership_token: string }];
    expect(row).not.toHaveProperty('token');
    expect(row).not.toHaveProperty('email');
    expect(row['_links']).toMatchObject({ self: { href: `/api/acme/memberships/${token}` } });
  });

  it('an invite is accepted automatically after a while, or through the control API', async () => {
    const { call, invite, state, time } = await simulate();
    await invite('jane@x.test');
    expect((await state())['members']).toMatchObject([{}, { email: 'jane@x.test', state: 'pending' }]);
    time.now += 1_000;
    expect((await state())['members']).toMatchObject([{}, { state: 'active' }]);
    await call('PATCH', '/_sandbox/settings', { auto_accept_seconds: -1 });
    await invite('sam@x.test');
    await invite('sam@x.test');
    time.now += 1e9;
    expect((await state())['invites']).toEqual([
      { email: 'jane@x.test', state: 'accepted', count: 1 },
      { email: 'sam@x.test', state: 'pending', count: 2 },
    ]);
    const accepted = await call('POST', '/_sandbox/accept-invites', { emails: ['SAM@x.test'] });
    expect(accepted.body['members']).toMatchObject([{}, {}, { email: 'sam@x.test', state: 'active' }]);
    expect((await invite('sam@x.test')).status).toBe(422);
    expect((await invite('nobody')).status).toBe(422);
  });

  it("writes need a wrapper key, return 200, and fail in Mode's error format", async () => {
    const { call } = await simulate();
    expect(await call('POST', '/api/acme/groups', { name: 'x' })).toMatchObject({
      status: 400,
      body: { id: 'param_missing' },
    });
    expect((await call('POST', '/api/acme/groups', { user_group: { name: 'x' } })).status).toBe(200);
    expect(await call('POST', '/api/acme/groups', { user_group: { name: 'x' } })).toMatchObject({
      status: 422,
      body: { message: { name: ['has already been taken'] } },
    });
    expect(await call('GET', '/api/acme/groups/none')).toMatchObject({
      status: 404,
      body: { id: 'not_found' },
    });
  });

  it('the list of groups has pages of 20, at most 30, with a link to a page that does not exist', async () => {
    const { call } = await simulate();
    const groups = Array.from({ length: 35 }, (_, index) => ({ name: `g${index}` }));
    await call('PUT', '/_sandbox/state', { members: [{ email: 'a@x.test', admin: true }], groups });
    const page = async (query: string) => (await call('GET', `/api/acme/groups${query}`)).body;
    expect((await page(''))['pagination']).toEqual({
      page: 1,
      per_page: 20,
      count: 20,
      total_pages: 2,
      total_count: 36,
    });
    const last = await page('?page=2&per_page=100');
    expect(last['pagination']).toMatchObject({ per_page: 30, count: 6 });
    const { next_page: next } = last['_links'] as { next_page: { href: string } };
    expect((await call('GET', next.href)).status).toBe(404);
  });

  it('a deleted group has the state soft_deleted, and a second group of its name cannot be deleted', async () => {
    const { call } = await simulate();
    const make = async () =>
      String((await call('POST', '/api/acme/groups', { user_group: { name: 'x' } })).body['token']);
    const stateOf = async (token: string) => (await call('GET', `/api/acme/groups/${token}`)).body['state'];
    const first = await make();
    await call('DELETE', `/api/acme/groups/${first}`);
    expect(await stateOf(first)).toBe('soft_deleted');
    const second = await make();
    expect((await call('DELETE', `/api/acme/groups/${second}`)).status).toBe(200);
    expect(await stateOf(second)).toBe('active');
    await call('PATCH', `/api/acme/groups/${second}`, { user_group: { name: 'x (removed)' } });
    await call('DELETE', `/api/acme/groups/${second}`);
    expect(await stateOf(second)).toBe('soft_deleted');
  });

  it('a removed member is banned and leaves all groups, or vanishes, depending on the quirk', async () => {
    const { call, state } = await simulate();
    const seed = {
      members: [
        { email: 'a@x.test', admin: true },
        { email: 'b@x.test', membership_token: 'bbbbbbbbbbbb' },
        { email: 'c@x.test', membership_token: 'cccccccccccc' },
      ],
      groups: [{ name: 'g', members: ['b@x.test', 'c@x.test'] }],
    };
    await call('PUT', '/_sandbox/state', seed);
    await call('DELETE', '/api/acme/memberships/bbbbbbbbbbbb');
    expect((await call('GET', '/api/acme/memberships?filter=all')).text).toContain('web_self_unban');
    await call('PATCH', '/_sandbox/settings', { quirks: { membership_delete: 'vanish' } });
    await call('DELETE', '/api/acme/memberships/cccccccccccc');
    expect((await state())['members']).toMatchObject([{ email: 'a@x.test' }]);
    expect((await call('GET', '/_sandbox/state?all=true')).body).toMatchObject({
      members: [{ email: 'a@x.test' }, { email: 'b@x.test', state: 'banned' }],
      groups: [{ members: [] }],
    });
  });
});

describe('the control API', () => {
  it('makes requests fail a number of times, slow, or rate-limited', async () => {
    const { call, slept, time } = await simulate();
    await call('PATCH', '/_sandbox/settings', {
      latency_ms: 70,
      faults: [
        { status: 503, for_requests: 1, body: 'html' },
        { status: 429, for_requests: 1, retry_after: 3 },
      ],
    });
    expect(await call('GET', '/api/verify')).toMatchObject({
      status: 503,
      text: expect.stringContaining('<html>') as string,
    });
    const limited = await call('GET', '/api/verify');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await call('GET', '/api/verify')).status).toBe(200);
    expect(slept).toContain(70);
    await call('PATCH', '/_sandbox/settings', { rate_per_second: 2 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await call('GET', '/api/verify')).status);
    expect(statuses).toEqual([200, 200, 429]);
    time.now += 1_000;
    expect((await call('GET', '/api/verify')).status).toBe(200);
  });

  it('logs requests with the name of the key, and counts them', async () => {
    const { call, url } = await simulate();
    await call('GET', '/api/verify?x=1');
    await call('GET', '/api/verify', undefined, INVITER);
    await call('GET', '/api/verify', undefined, basic('no'));
    const { requests } = (await call('GET', '/_sandbox/requests')).body as unknown as {
      requests: { credential: string }[];
    };
    expect(requests[0]).toEqual({
      method: 'GET',
      path: '/api/verify',
      query: 'x=1',
      route: '/api/verify',
      host: new URL(url).host,
      status: 200,
      time: '1970-01-01T00:16:40.000Z',
      credential: 'main',
    });
    expect(requests.map((request) => request.credential)).toEqual(['main', 'inviter', 'unknown']);
    expect((await call('GET', '/_sandbox/counts')).body).toEqual({
      total: 3,
      by_route: { 'GET /api/verify': 3 },
      by_status: { '200': 2, '401': 1 },
    });
    await call('POST', '/_sandbox/reset');
    expect((await call('GET', '/_sandbox/counts')).body['total']).toBe(0);
  });

  it.each([
    ['PUT', '/_sandbox/state', { members: [{ mail: 'x' }] }],
    ['PUT', '/_sandbox/state', { members: [], groups: [{ name: 'g', members: ['a@x.test'] }] }],
    ['PATCH', '/_sandbox/settings', { unknown: 1 }],
    ['PATCH', '/_sandbox/settings', { quirks: { unknown: 1 } }],
    ['PATCH', '/_sandbox/settings', { faults: { status: 99, for_requests: 1 } }],
  ])('refuses invalid input and changes nothing: %s %s %j', async (method, path, body) => {
    const { call, state } = await simulate();
    const before = [await state(), (await call('GET', '/_sandbox/settings')).body];
    expect((await call(method, path, body)).status).toBe(400);
    expect([await state(), (await call('GET', '/_sandbox/settings')).body]).toEqual(before);
  });
});

describe('reproducible runs', () => {
  it('the same calls at the same times with the same tokens make the same workspace', async () => {
    const live = async () => {
      let last = 0;
      const tokens = () => (last += 1).toString(16).padStart(12, '0');
      const { invite, call, sandbox, time } = await simulate({ profile: 'hostile' }, tokens);
      await invite('jane@x.test');
      time.now += 2_000;
      await call('POST', '/api/acme/groups', { user_group: { name: 'Team' } });
      return sandbox.state(true);
    };
    expect(await live()).toEqual(await live());
  });

  it('the default profile is kind in tests and likely with "npm start"', async () => {
    const { control } = await simulate();
    expect(control.settings().profile).toBe('kind');
    expect(readConfig({}).server.sandboxProfile).toBe('likely');
  });
});
