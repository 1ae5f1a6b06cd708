/** Faults: every kind of failed response that a client may get. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../src/sandbox/mode/behaviour/fault.ts';
import { ADMIN, GROUP, INVITER, JANE, MAIN, simulate } from './simulated.ts';

const VERIFY = '/api/verify';
const LITE = '/api/acme/memberships/lite';
const GROUPS = '/api/acme/groups';

async function faulty(fault: Omit<Fault, 'for_requests'> & { for_requests?: number }) {
  const mode = await simulate();
  mode.control.putState({ members: [ADMIN, JANE], groups: [GROUP] });
  mode.control.set({ faults: { for_requests: 1, ...fault } });
  return mode;
}

/** Reads a response as far as it arrives. */
async function read(url: string) {
  const call = request(url, { headers: { authorization: MAIN } });
  call.end();
  try {
    const [response] = (await once(call, 'response')) as [
      AsyncIterable<Buffer> & { statusCode: number; headers: Record<string, string> },
    ];
    let text = '';
    try {
      for await (const chunk of response) text += chunk.toString();
      return { status: response.statusCode, length: response.headers['content-length'], text };
    } catch (error) {
      return { status: response.statusCode, text, broken: (error as { code?: string }).code };
    }
  } catch (error) {
    return { broken: (error as { code?: string }).code };
  }
}

describe('responses', () => {
  it.each<[Omit<Fault, 'for_requests'>, number, string | null, string | RegExp]>([
    [{}, 500, 'application/json', /"id":"internal_server_error"/],
    [{ status: 503, body: 'html' }, 503, 'text/html', /<html>/],
    [{ status: 502, body: 'empty' }, 502, null, ''],
    [{ status: 418, text: '{"id": "tea"}' }, 418, 'application/json', '{"id": "tea"}'],
    [{ status: 200, text: 'hm', content_type: 'text/plain' }, 200, 'text/plain', 'hm'],
    [{ body: 'login_page' }, 200, 'text/html', /<form action="\/signin"/],
    [
      { status: 401, body: 'json' },
      401,
      'application/json',
      /"id":"unauthorized","message":"Simulated fault 401"/,
    ],
    [{ status: 429 }, 429, 'application/json', /"id":"rate_limited"/],
    [{ status: 503 }, 503, 'application/json', /"id":"service_unavailable"/],
  ])('%j', async (fault, status, type, text) => {
    const { call } = await faulty(fault);
    const answer = await call('GET', VERIFY);
    expect(answer.status).toBe(status);
    if (type !== null) expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.text).toMatch(typeof text === 'string' ? new RegExp(`^${text}$`) : text);
    expect((await call('GET', VERIFY)).status).toBe(200);
  });

  it.each([400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 500, 501, 502, 503, 504, 520, 599])(
    'any status, such as %s',
    async (status) => {
      const { call } = await faulty({ status });
      expect((await call('GET', VERIFY)).status).toBe(status);
    },
  );

  it('a truncated response is not valid JSON', async () => {
    const { url } = await faulty({ body: 'truncated' });
    const half = await read(url + LITE);
    const whole = await read(url + LITE);
    expect([half.status, whole.text?.startsWith(half.text ?? '')]).toEqual([200, true]);
    expect(half.text).toHaveLength(Math.ceil((whole.text ?? '').length / 2));
    expect(() => JSON.parse(half.text ?? '') as unknown).toThrow();
  });

  it('the real response with wrong types', async () => {
    const { call } = await faulty({ body: 'wrong_types' });
    const { status, body } = await call('GET', LITE);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      _embedded: { memberships: { '0': { email: ADMIN.email.length, admin: [true] } } },
    });
  });

  it('the real response with an empty or short list, and adjusted counts', async () => {
    for (const [body, left] of [
      ['empty_list', 0],
      ['short_list', 1],
    ] as const) {
      const { call, list } = await faulty({ body });
      const page = (await call('GET', GROUPS)).body;
      expect((page['_embedded'] as { groups: unknown[] }).groups).toHaveLength(left);
      expect(page['pagination']).toMatchObject({ count: left, total_count: left, total_pages: 1 });
      expect(await list(GROUPS, 'groups')).toHaveLength(2);
    }
  });

  it.each([
    [3, '3'],
    ['Fri, 31 Dec 1999 23:59:59 GMT', 'Fri, 31 Dec 1999 23:59:59 GMT'],
    ['soon', 'soon'],
  ])('a 429 with Retry-After %s', async (retry_after, header) => {
    const { call } = await faulty({ status: 429, retry_after });
    const { status, headers } = await call('GET', VERIFY);
    expect([status, headers.get('retry-after')]).toEqual([429, header]);
  });
});

describe('redirects', () => {
  it('to the same URL, which responds the second time', async () => {
    const { call } = await faulty({ redirect: 'same' });
    const { status, headers } = await call('GET', `${VERIFY}?x=1`);
    expect([status, headers.get('location')]).toEqual([307, `${VERIFY}?x=1`]);
    expect((await call('GET', headers.get('location') ?? '')).status).toBe(200);
  });

  it('to another origin, where the log shows whether the client sent the key', async () => {
    const { call, url, control } = await faulty({ redirect: 'other', status: 302 });
    const { status, headers } = await call('GET', VERIFY);
    const location = headers.get('location') ?? '';
    expect([status, location]).toEqual([302, `${url.replace('127.0.0.1', 'localhost')}${VERIFY}`]);
    await fetch(location);
    await fetch(location, { headers: { authorization: MAIN } });
    const host = new URL(location).host;
    expect(control.requests().map((each) => [each.host === host, each.credential, each.status])).toEqual([
      [false, 'main', 302],
      [true, 'none', 401],
      [true, 'main', 200],
    ]);
  });

  it('to any URL', async () => {
    const server = createServer((_request, response) => response.end('elsewhere')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const { call } = await faulty({ redirect: elsewhere, status: 301 });
    expect((await call('GET', VERIFY)).headers.get('location')).toBe(elsewhere);
  });
});

describe('connections', () => {
  it('a slow response is complete in the end', async () => {
    const { url, slept, control } = await faulty({ connection: 'slow', slow_ms: 70 });
    const dripped = await read(url + LITE);
    expect(dripped).toMatchObject({ status: 200 });
    expect(JSON.parse(dripped.text ?? '')).toMatchObject({ _embedded: { memberships: [{}, {}] } });
    expect(slept.filter((ms) => ms === 70)).toHaveLength((dripped.text ?? '').length);
    expect(control.counts().by_status).toEqual({ '200': 1 });
  });

  it('a reset without a response', async () => {
    const { url, control } = await faulty({ connection: 'reset' });
    expect(await read(url + VERIFY)).toEqual({ broken: 'ECONNRESET' });
    expect(control.counts()).toMatchObject({ total: 1, by_status: { none: 1 } });
    expect(control.requests()).toMatchObject([{ path: VERIFY, status: null }]);
    expect(await read(url + VERIFY)).toMatchObject({ status: 200 });
  });

  it('a reset in the middle of the response', async () => {
    const { url, control } = await faulty({ connection: 'reset_midway' });
    const half = await read(url + LITE);
    expect(half).toMatchObject({ status: 200, broken: 'ECONNRESET' });
    const { text = '' } = await read(url + LITE);
    expect(half.text).toBe(text.slice(0, Math.ceil(text.length / 2)));
    expect(control.counts().total).toBe(2);
  });

  it.each(['reset_midway', 'slow'] as const)('a response without a body: %s', async (connection) => {
    const { call, control } = await faulty({ connection });
    control.set({ quirks: { writes: 'created' } });
    const answer = call('DELETE', `${GROUPS}/${GROUP.token}`);
    if (connection === 'slow') expect((await answer).status).toBe(204);
    else await expect(answer).rejects.toThrow();
    expect(control.counts().by_status).toEqual(connection === 'slow' ? { '204': 1 } : { none: 1 });
    expect(control.state().groups).toEqual([]);
  });

  it('a hanging call lasts until the client gives up or the sandbox closes', async () => {
    const { url, close, control } = await faulty({ connection: 'hang', for_requests: 2 });
    const given = new AbortController();
    const first = fetch(url + VERIFY, { signal: given.signal }).catch((error: unknown) => error);
    while (control.counts().total < 1) await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    const second = read(url + VERIFY);
    while (control.counts().total < 2) await new Promise((resolve) => setImmediate(resolve));
    await close();
    expect(await second).toEqual({ broken: 'ECONNRESET' });
  });
});

describe('lost responses', () => {
  it.each<Omit<Fault, 'for_requests'>>([
    { applied: true, status: 502, body: 'html' },
    { applied: true, connection: 'reset' },
    { connection: 'reset_midway' },
    { body: 'truncated' },
  ])('%j: the write was applied', async (fault) => {
    const { call, control } = await faulty({ ...fault, method: 'POST', path: GROUPS });
    await call('POST', GROUPS, { user_group: { name: 'New' } }).catch(() => undefined);
    expect(control.state().groups?.map(({ name }) => name)).toEqual(['New', 'Team']);
  });

  it.each<Omit<Fault, 'for_requests'>>([{ status: 502 }, { connection: 'reset' }])(
    '%j: the write was not applied',
    async (fault) => {
      const { call, control } = await faulty(fault);
      await call('POST', GROUPS, { user_group: { name: 'New' } }).catch(() => undefined);
      expect(control.state().groups).toHaveLength(1);
    },
  );
});

describe('matching', () => {
  it('by method, path, route and key, with after_requests and for_requests', async () => {
    const { call, control } = await faulty({});
    const failed = async (method: string, path: string, authorization = MAIN) =>
      (
        await call(
          method,
          path,
          method === 'GET' ? undefined : { user_group: { name: 'Team' } },
          authorization,
        )
      ).status === 500;
    const group = `${GROUPS}/${GROUP.token}`;

    control.set({ faults: { for_requests: 1, method: 'patch', path: GROUPS } });
    expect([await failed('GET', group), await failed('PATCH', group), await failed('PATCH', group)]).toEqual([
      false,
      true,
      false,
    ]);
    control.set({ faults: { for_requests: 1, route: 'GET /api/acme/groups/:group' } });
    expect([await failed('GET', GROUPS), await failed('GET', group)]).toEqual([false, true]);
    control.set({ faults: { for_requests: 1, credential: 'inviter' } });
    expect([await failed('GET', VERIFY), await failed('GET', VERIFY, INVITER)]).toEqual([false, true]);
    control.set({ faults: { for_requests: 2, after_requests: 1 } });
    const four = [];
    for (let count = 0; count < 4; count += 1) four.push(await failed('GET', VERIFY));
    expect(four).toEqual([false, true, true, false]);
    expect(control.settings().faults).toEqual([]);
  });
});

describe('faults with an end time', () => {
  it('all calls fail until the end time', async () => {
    const { call, control, time } = await faulty({});
    control.set({ faults: { for_seconds: 60, status: 503, path: GROUPS } });
    expect(control.settings().faults).toEqual([
      { until: '1970-01-01T00:17:40.000Z', status: 503, path: GROUPS },
    ]);
    const statuses = async () => [(await call('GET', GROUPS)).status, (await call('GET', VERIFY)).status];
    expect([await statuses(), await statuses()]).toEqual([
      [503, 200],
      [503, 200],
    ]);
    time.now += 59_999;
    expect(await statuses()).toEqual([503, 200]);
    time.now += 1;
    expect(await statuses()).toEqual([200, 200]);
    expect(control.settings().faults).toEqual([]);
  });

  it('settings can be read and written back, and the fault ends at the same time', async () => {
    const { call, control, time } = await faulty({});
    control.set({ faults: { for_seconds: 60, status: 429, retry_after: 7 } });
    const { faults } = control.settings();
    time.now += 30_000;
    control.set({ faults });
    time.now += 29_999;
    expect((await call('GET', VERIFY)).status).toBe(429);
    time.now += 1;
    expect((await call('GET', VERIFY)).status).toBe(200);
  });

  it.each<[Omit<Fault, 'for_requests'>, number]>([
    [{ body: 'empty_list' }, 0],
    [{ body: 'short_list' }, 1],
  ])('lists are %j', async (fault, left) => {
    const { list, control, time } = await faulty({});
    control.set({ faults: { ...fault, for_seconds: 5 } });
    expect(await list(LITE, 'memberships')).toHaveLength(left);
    expect(await list(LITE, 'memberships')).toHaveLength(left);
    time.now += 5_000;
    expect(await list(LITE, 'memberships')).toHaveLength(2);
  });

  it('faults are removed one by one, or all at once', async () => {
    const { call, sandbox, control } = await faulty({});
    control.clearFaults();
    const status = async (path: string) => (await call('GET', path)).status;
    const lists = sandbox.fault({ status: 503, path: GROUPS });
    const keys = sandbox.fault({ status: 429, path: VERIFY });
    control.set({ latency_ms: 0 });
    expect([await status(GROUPS), await status(VERIFY)]).toEqual([503, 429]);
    lists();
    lists();
    expect([await status(GROUPS), await status(VERIFY)]).toEqual([200, 429]);
    keys();
    expect(await status(VERIFY)).toBe(200);
    sandbox.fault({ status: 500, for_requests: 3 });
    expect((await call('POST', '/_sandbox/faults', { status: 503 })).body['faults']).toHaveLength(2);
    expect((await call('DELETE', '/_sandbox/faults')).body['faults']).toEqual([]);
    expect(await status(VERIFY)).toBe(200);
  });

  it('the client aborts a hanging call, whose write may be applied or not', async () => {
    for (const applied of [true, false]) {
      const { url, sandbox, control } = await faulty({});
      control.clearFaults();
      const heal = sandbox.fault({ connection: 'hang', applied });
      const given = new AbortController();
      const call = fetch(url + GROUPS, {
        method: 'POST',
        headers: { authorization: MAIN, 'content-type': 'application/json' },
        body: JSON.stringify({ user_group: { name: 'New' } }),
        signal: given.signal,
      }).catch((error: unknown) => error);
      const made = () => control.state().groups?.some(({ name }) => name === 'New') ?? false;
      while (control.counts().total < 1 || made() !== applied)
        await new Promise((resolve) => setImmediate(resolve));
      heal();
      given.abort();
      expect(await call).toMatchObject({ name: 'AbortError' });
      expect(made()).toBe(applied);
    }
  });

  it.each([{ for_seconds: 0 }, { until: 'soon' }, { for_requests: 0 }])('%j is refused', async (fault) => {
    const { call, control } = await faulty({});
    const before = control.settings();
    expect((await call('POST', '/_sandbox/faults', fault)).status).toBe(400);
    expect(control.settings()).toEqual(before);
  });
});
