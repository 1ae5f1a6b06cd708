/** The feed over HTTP, on both engines: pages, exports, changes and errors. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { createGroups } from '../../src/directory/group/groups.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { registerFeed } from '../../src/feed/feed-routes.ts';
import { createServer } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { systemClock } from '../../src/clock.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { engines, type EngineName } from '../databases.ts';
import { freshStore } from '../stores.ts';
import { draftOf, memberOf, okta, WORKSPACE } from './world.ts';

type Json = Record<string, unknown>;

async function open(engine: EngineName) {
  const store = await freshStore(engine);
  const stop = new AbortController();
  const server = createServer({ log: createLogger('silent') });
  await server.register(
    (scope, _options, done) => {
      const authenticate = (token: string) =>
        token === 'feed' ? ({ ...okta, tokenId: 't', kind: 'feed' } as const) : undefined;
      registerFeed(scope, { store: store.feed, clock: systemClock, authenticate, stopping: stop.signal });
      done();
    },
    { prefix: '/feed/v1' },
  );
  const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/feed/v1`;
  onTestFinished(async () => {
    stop.abort();
    await server.close();
  });
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(url + path, { method, headers: { authorization: 'Bearer feed', ...headers } });
  const json = async (path: string, headers = {}) => {
    const response = await get(path, headers);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  };
  const users = createUsers(store.directory, systemClock);
  const groups = createGroups(store.directory, systemClock);
  const team = async (people: readonly string[]) => {
    const made = [];
    for (const name of people) made.push(await users.create(okta, draftOf(name)));
    const draft = { displayName: 'Analysts', externalId: null, document: '{"displayName":"Analysts"}' };
    const group = await groups.create(
      okta,
      draft,
      made.map((user) => user.id),
    );
    return { people: made, group };
  };
  return { store, users, groups, team, url, get, json, server };
}

/** The raw bytes of a response. */
function raw(url: string, headers: Record<string, string>): Promise<{ head: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { headers: { authorization: 'Bearer feed', ...headers } }, (head) => {
      const chunks: Buffer[] = [];
      head.on('data', (chunk: Buffer) => chunks.push(chunk));
      head.on('end', () => {
        resolve({ head, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe.each(engines)('the feed over HTTP on %s', (engine) => {
  it('pages of one snapshot show one state, whatever changes between them', async () => {
    const { users, team, json } = await open(engine);
    const { people } = await team(['ada', 'bob', 'cyd', 'dee', 'eve']);
    const first = (await json('/accounts?limit=2')).body;
    await users.create(okta, draftOf('late'));
    await users.remove(okta, people[4]?.id ?? '');
    const collected = [...(first['items'] as Json[])];
    for (let cursor = first['next_cursor'] as string | null; cursor !== null;) {
      const page = (await json(`/accounts?limit=2&cursor=${cursor}`)).body;
      expect(page['snapshot']).toBe(first['snapshot']);
      collected.push(...(page['items'] as Json[]));
      cursor = page['next_cursor'] as string | null;
    }
    expect(collected.map((item) => item['id'])).toEqual(people.map((user) => user.id).sort());
    const grants = (await json(`/grants?snapshot=${String(first['snapshot'])}`)).body;
    expect(grants['total']).toBe(5);
    const now = (await json('/accounts')).body;
    expect(now['snapshot']).not.toBe(first['snapshot']);
    expect((now['items'] as Json[]).map((item) => item['user_name']).sort()).toEqual(
      ['ada', 'bob', 'cyd', 'dee', 'late'].map((name) => `${name}@x.test`),
    );
  });

  it('the snapshot and its tag stay the same until something changes', async () => {
    const { users, json, get } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const first = await json('/accounts');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const again = await json('/accounts');
    expect(again.body).toEqual(first.body);
    const unchanged = await get('/accounts', { 'if-none-match': `"other", ${etag}` });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers.get('etag')).toBe(etag);
    expect(await unchanged.text()).toBe('');
    await users.create(okta, draftOf('bob'));
    const changed = await get('/accounts', { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  it('writes that concern only jobs do not change the snapshot', async () => {
    const { store, users, json } = await open(engine);
    const ada = await users.create(okta, draftOf('ada'));
    const first = (await json('/accounts')).body['snapshot'];
    const enqueue = [{ subject: { kind: 'user', id: ada.id }, verifying: true }] as const;
    const read = { list: 'members', since: 1, how: 'lite', behind: [] } as const;
    await store.provisioning.record({ workspace: WORKSPACE, at: 1, enqueue, read });
    expect((await json('/accounts')).body['snapshot']).toBe(first);
  });

  it.each([
    ['gzip', 'gzip', (body: Buffer) => gunzipSync(body)],
    ['gzip;q=0.5, zstd', 'zstd', (body: Buffer) => zstdDecompressSync(body)],
    ['br', undefined, (body: Buffer) => body],
    ['zstd;q=0, *;q=0', undefined, (body: Buffer) => body],
    ['*', 'zstd', (body: Buffer) => zstdDecompressSync(body)],
  ])('Accept-Encoding %s gets the encoding %s', async (accepted, encoding, unpack) => {
    const { users, url } = await open(engine);
    for (const name of ['ada', 'bob']) await users.create(okta, draftOf(name));
    const plain = await raw(`${url}/export/ndjson`, {});
    const { head, body } = await raw(`${url}/export/ndjson`, { 'accept-encoding': accepted });
    expect(head.headers['content-encoding']).toBe(encoding);
    expect(head.headers['vary']).toBe('accept-encoding');
    expect(unpack(body).toString()).toBe(plain.body.toString());
    // A strong tag identifies bytes.
    if (encoding !== undefined) expect(head.headers.etag).not.toBe(plain.head.headers.etag);
  });

  it('every format has the same people and the same grants', async () => {
    const { store, team, json, get } = await open(engine);
    const { people, group } = await team(['ada', 'bob']);
    const seen = people.map((user, index) =>
      memberOf(`m${index}`, user.fullName ?? '', { admin: index === 0 }),
    );
    await store.provisioning.record({
      workspace: WORKSPACE,
      at: 1,
      members: { upsert: seen, remove: [] },
      groups: { upsert: [{ token: 'g', name: 'Analysts', writable: true, writtenAt: null }], remove: [] },
      groupMembers: {
        upsert: ['m0', 'm1'].map((accountId) => {
          return { targetGroupId: 'g', accountId, groupMembershipId: null, writtenAt: null };
        }),
        remove: [],
      },
      links: [
        { subject: { kind: 'group', id: group.id }, token: 'g' },
        ...people.map(
          (user, index) => ({ subject: { kind: 'user', id: user.id }, token: `m${index}` }) as const,
        ),
      ],
    });
    const grants = [
      ...people.map((user) => `group:${group.id}:member:account:${user.id}`),
      `role:admin:assigned:account:${people[0]?.id ?? ''}`,
    ].sort();
    const whole = (await json('/snapshot')).body as Record<string, Json[]>;
    expect(whole['grants']?.map((grant) => grant['id']).sort()).toEqual(grants);
    expect(whole['grants']?.map((grant) => grant['source'])).toEqual(['direct', 'direct', 'outside_idp']);
    expect(whole['groups']?.[0]).toMatchObject({ member_count: 2, mode_token: 'g' });
    const pages = (await json('/grants')).body['items'] as Json[];
    expect(pages).toEqual(whole['grants']);

    const lines = (await (await get('/export/ndjson')).text()).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { type: string; item?: Json; counts?: Json });
    expect(parsed[0]?.type).toBe('snapshot');
    expect(parsed.filter((line) => line.type === 'grant').map((line) => line.item)).toEqual(whole['grants']);
    expect(parsed.at(-1)).toEqual({
      type: 'end',
      counts: { accounts: 2, groups: 1, roles: 1, resources: 0, entitlements: 2, grants: 3 },
    });

    const csv = (await (await get('/export/csv')).text()).trimEnd().split('\r\n');
    expect(csv[0]).toBe(
      'User ID,Username,Email Address,First Name,Last Name,Full Name,User Status,User Type,Last Login,Resource Type,Resource Name,Entitlement,Entitlement Display Name,Entitlement Slug,Entitlement Description',
    );
    expect(csv).toHaveLength(4);
    expect(csv[3]).toBe(
      `${people[0]?.id ?? ''},ada@x.test,ada@x.test,ada,Example,ada of Mode,Active,Human,,Role,Admin,assigned,Admin,assigned,Given outside the identity provider`,
    );

    const baton = (await json('/export/baton-file')).body as Record<string, Json[]>;
    expect(Object.keys(baton)).toEqual(['users', 'resources', 'entitlements', 'grants']);
    expect(
      baton['grants']
        ?.map((grant) => `${String(grant['entitlement_id'])}:account:${String(grant['principal'])}`)
        .sort(),
    ).toEqual(grants);
    const named = new Set(baton['resources']?.map((resource) => resource['name']));
    for (const { resource_name } of baton['entitlements'] ?? []) expect(named).toContain(resource_name);
  });

  it.each([
    ['/accounts?cursor=nonsense', 400, 'invalid_cursor'],
    ['/accounts?cursor=', 400, 'invalid_cursor'],
    [
      `/accounts?cursor=${Buffer.from(`${'0'.repeat(32)}.grants.1`).toString('base64url')}`,
      400,
      'invalid_cursor',
    ],
    [
      `/accounts?cursor=${Buffer.from(`${'0'.repeat(32)}.accounts.1`).toString('base64url')}`,
      410,
      'snapshot_expired',
    ],
    [`/grants?snapshot=${'0'.repeat(32)}`, 410, 'snapshot_expired'],
    ['/grants?snapshot=../bridge', 400, 'invalid_value'],
    [`/export/csv?snapshot=${'0'.repeat(32)}`, 410, 'snapshot_expired'],
    ['/accounts?limit=0', 400, 'invalid_value'],
    ['/accounts?limit=5001', 400, 'invalid_value'],
    ['/accounts?limit=x', 400, 'invalid_value'],
    ['/export/xlsx', 400, 'unknown_format'],
    ['/changes?after=nonsense', 400, 'invalid_value'],
    ['/changes?after=99999', 410, 'cursor_expired'],
    ['/elsewhere', 404, 'not_found'],
  ])('%s gets %i %s', async (path, status, code) => {
    const { json } = await open(engine);
    const { headers, body, ...answer } = await json(path);
    expect(answer.status).toBe(status);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code, status, detail: expect.any(String) as string });
  });

  it('an event stream with a cursor of another log gets 410, too', async () => {
    const { json } = await open(engine);
    const { status, body } = await json('/changes', {
      accept: 'text/event-stream',
      'last-event-id': '99999',
    });
    expect([status, body['code']]).toEqual([410, 'cursor_expired']);
  });

  it('only GET and HEAD are allowed, and HEAD returns the headers of GET without a body', async () => {
    const { get } = await open(engine);
    for (const path of ['/accounts', '/snapshot', '/export/csv', '/changes', '/elsewhere']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const response = await get(path, {}, method);
        expect(response.status, `${method} ${path}`).toBe(405);
        expect(response.headers.get('allow')).toBe('GET, HEAD');
      }
    }
    for (const path of ['/accounts', '/snapshot', '/export/csv']) {
      const [head, full] = [await get(path, {}, 'HEAD'), await get(path)];
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      for (const name of ['etag', 'content-type', 'vary']) {
        expect(head.headers.get(name), name).toBe(full.headers.get(name));
      }
    }
    const events = await get('/changes', { accept: 'text/event-stream' }, 'HEAD');
    expect(events.headers.get('content-type')).toContain('text/event-stream');
  });

  it('a link leads to the next page', async () => {
    const { users, get, url } = await open(engine);
    for (const name of ['ada', 'bob']) await users.create(okta, draftOf(name));
    const link = (await get('/accounts?limit=1')).headers.get('link') ?? '';
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
    const answer = await get((next ?? '').slice(new URL(url).pathname.length));
    const page = (await answer.json()) as Json;
    expect(page['items']).toHaveLength(1);
    expect(answer.headers.get('link')).toBeNull();
  });

  it('snapshots that are no longer read make room for new ones, and one that is being read stays', async () => {
    const { users, json } = await open(engine);
    for (const name of ['ada', 'bob']) await users.create(okta, draftOf(name));
    const first = (await json('/accounts?limit=1')).body;
    const next = `/accounts?limit=1&cursor=${String(first['next_cursor'])}`;
    expect((await json(next)).status).toBe(200);
    const ids = [];
    for (let index = 0; index < 9; index += 1) {
      await users.create(okta, draftOf(`more${index}`));
      ids.push((await json('/roles')).body['snapshot']);
    }
    expect(new Set(ids).size).toBe(9);
    expect((await json(next)).status).toBe(200);
    expect((await json(`/roles?snapshot=${String(ids[8])}`)).status).toBe(200);
    expect((await json(`/roles?snapshot=${String(ids[0])}`)).status).toBe(410);
  });

  it('concurrent readers share a copy', async () => {
    const { users, json } = await open(engine);
    await users.create(okta, draftOf('ada'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => json('/accounts')));
    expect(new Set(answers.map((answer) => answer.body['snapshot'])).size).toBeLessThanOrEqual(2);
    for (const { body } of answers) expect(body['items']).toHaveLength(1);
  });

  it('an event stream has each change once, in order, and continues after the last event that was received', async () => {
    const { users, get } = await open(engine);
    const listen = async (headers: Record<string, string>, count: number) => {
      const response = await get('/changes?limit=1', { accept: 'text/event-stream', ...headers });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const events: { id: string; data: Json }[] = [];
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString();
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const [, id, data] = /^id: (\d+)\nevent: changes\ndata: (.+)$/.exec(part) ?? [];
          if (id !== undefined && data !== undefined) events.push({ id, data: JSON.parse(data) as Json });
        }
        if (events.length >= count) return events;
      }
      return events;
    };
    const kindsOf = (events: { data: Json }[]) =>
      events.flatMap((event) => (event.data['changes'] as Json[]).map((change) => change['kind']));
    const ada = await users.create(okta, draftOf('ada'));
    const heard = await listen({}, 1);
    expect(kindsOf(heard)).toEqual(['user.created']);
    const more = listen({ 'last-event-id': heard[0]?.id ?? '' }, 1);
    await users.remove(okta, ada.id);
    const next = await more;
    expect(kindsOf(next)).toEqual(['user.deleted']);
    expect(next[0]?.data['tombstones']).toEqual([{ type: 'account', id: ada.id }]);
  });

  it('a stopping server does not wait for a connection whose response ends during the stop', async () => {
    const { users, url, get, server } = await open(engine);
    await users.create(okta, draftOf('ada'));
    await raw(`${url}/accounts`, {});
    // The server closes during the response, on a keep-alive connection.
    for (let round = 0; round < 3; round += 1) void get('/export/ndjson').catch(() => undefined);
    await get('/accounts');
    await server.close();
    expect(server.server.listening).toBe(false);
  });

  it('a deleted group and a removed member have tombstones', async () => {
    const { groups, team, json } = await open(engine);
    const { people, group } = await team(['ada', 'bob']);
    const position = String((await json('/roles')).body['position']);
    const [ada] = people;
    const members = { kind: 'delta', add: [], remove: [ada?.id ?? ''] } as const;
    await groups.update(okta, group.id, (draft) => ({ draft, members }));
    const removed = (await json(`/changes?after=${position}&wait=0`)).body;
    expect(removed['tombstones']).toEqual([
      { type: 'grant', id: `group:${group.id}:member:account:${ada?.id ?? ''}` },
    ]);
    await groups.remove(okta, group.id);
    const deleted = (await json(`/changes?after=${String(removed['next'])}&wait=0`)).body;
    expect(deleted['tombstones']).toEqual([{ type: 'group', id: group.id }]);
    expect(deleted['more']).toBe(false);
  });
});
