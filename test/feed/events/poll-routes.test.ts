/** POST /feed/v1/events/poll over HTTP: the protocol of RFC 8936, the events of RFC 9967, and only positions are written. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open-store.ts';
import { person, type Answer, type Call } from '../../acceptance/client.ts';
import { engines } from '../../databases.ts';
import { PUBLIC_URL, startBridge, type Bridge } from './bridge.ts';
import { readSet, type EventSet, type KeySet } from './read-set.ts';

const ACTIVE = { memberToken: 't', email: null, state: 'active', admin: false };

const E = 'urn:ietf:params:scim:event:';
const POLL = '/feed/v1/events/poll';
const AT_ONCE = { returnImmediately: true };
const MODE_USER = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';

const setsOf = ({ body }: Answer) => body['sets'] as Record<string, string>;
const idsOf = (answer: Answer) => Object.keys(setsOf(answer));

async function keySetOf({ origin }: Bridge): Promise<KeySet> {
  return (await (await fetch(`${origin}/.well-known/jwks.json`)).json()) as KeySet;
}

/** All events of a poll, read and verified. */
async function readAll(bridge: Bridge, call: Call, body: object = {}): Promise<EventSet[]> {
  const keys = await keySetOf(bridge);
  const answer = await call('POST', POLL, { ...AT_ONCE, maxEvents: 1_000, ...body });
  expect(answer.status).toBe(200);
  return Object.entries(setsOf(answer)).map(([jti, text]) => {
    const set = readSet(text, keys);
    expect(set.claims.jti).toBe(jti);
    return set;
  });
}

describe.each(engines)('polling for events, on %s', (engine) => {
  async function withPeople(count: number, environment: Record<string, string> = {}) {
    const bridge = await startBridge(engine, environment);
    const scim = (await bridge.as('scim')).call;
    const feed = await bridge.as('feed');
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { body } = await scim('POST', '/scim/v2/Users', person(`p${index}@example.com`));
      ids.push(String(body['id']));
      bridge.clock.advance(1);
    }
    return { bridge, scim, feed, poll: (body: unknown) => feed.call('POST', POLL, body), ids };
  }

  it('every kind of write gives the signed event of RFC 9967 about the resource', async () => {
    const { bridge, scim, feed } = await withPeople(0);
    const path = (answer: Answer, type: string) => `/${type}/${String(answer.body['id'])}`;
    const jane = await scim('POST', '/scim/v2/Users', person('jane@example.com', { externalId: 'j1' }));
    const [user, at] = [path(jane, 'Users'), bridge.clock.now()];
    const change = (value: object) =>
      scim('PATCH', `/scim/v2${user}`, { Operations: [{ op: 'replace', value }] });
    await change({ active: false, name: { familyName: 'Doe' } });
    await change({ active: true });
    await scim('PUT', `/scim/v2${user}`, person('jane@example.com', { externalId: 'j2', title: 'Boss' }));
    const group = path(await scim('POST', '/scim/v2/Groups', { displayName: 'Sales' }), 'Groups');
    const add = { op: 'add', path: 'members', value: [{ value: user.slice(7) }] };
    await scim('PATCH', `/scim/v2${group}`, { Operations: [add] });
    await scim('DELETE', `/scim/v2${user}`);
    await scim('DELETE', `/scim/v2${group}`);

    const sets = await readAll(bridge, feed.call);
    expect(sets.map(({ claims }) => [claims.sub_id.uri, claims.events])).toEqual([
      [user, { [`${E}prov:create:notice`]: { attributes: ['userName', 'externalId', 'active', 'emails'] } }],
      [
        user,
        {
          [`${E}prov:patch:notice`]: { attributes: ['active', 'name'] },
          [`${E}prov:deactivate`]: {},
        },
      ],
      [user, { [`${E}prov:patch:notice`]: { attributes: ['active'] }, [`${E}prov:activate`]: {} }],
      [
        user,
        {
          [`${E}prov:put:notice`]: {
            attributes: expect.arrayContaining(['externalId', 'title', 'name']) as string[],
          },
        },
      ],
      [group, { [`${E}prov:create:notice`]: { attributes: ['displayName'] } }],
      [group, { [`${E}prov:patch:notice`]: { attributes: ['members'] } }],
      [group, { [`${E}prov:patch:notice`]: { attributes: ['members'] } }],
      [user, { [`${E}prov:delete`]: {} }],
      [group, { [`${E}prov:delete`]: {} }],
    ]);
    for (const { header, claims } of sets) {
      expect(header).toMatchObject({ alg: 'ES256', typ: 'secevent+jwt' });
      expect(claims).toMatchObject({
        iss: PUBLIC_URL,
        aud: `${PUBLIC_URL}/feed/v1`,
        iat: at / 1_000,
        toe: at / 1_000,
      });
      expect(claims).not.toHaveProperty('sub');
      expect(claims).not.toHaveProperty('exp');
      expect(claims.sub_id.format).toBe('scim');
    }
    const [removed, deleted] = [sets[6], sets[7]];
    expect(deleted?.claims.sub_id.externalId).toBe('j2');
    expect(removed?.claims.txn).toBe(deleted?.claims.txn);
    expect(new Set(sets.map(({ claims }) => claims.txn)).size).toBe(sets.length - 1);
    expect(JSON.stringify(sets)).not.toContain('jane');
  });

  it('an unmanaged member of Mode gives feed:add and feed:remove events, and no create event', async () => {
    const { bridge, feed } = await withPeople(0);
    const at = bridge.clock.now();
    const subject = { kind: 'user', id: 'u1' } as const;
    await bridge.store.provisioning.record({
      workspace: 'acme',
      at,
      changes: [
        { kind: 'user.created', subject, data: { userName: 'm@example.com', owned: false } },
        { kind: 'mode.member_changed', subject, data: ACTIVE },
        { kind: 'delivery.changed', subject, data: { state: 'verified', reasons: [] } },
        { kind: 'mode.member_changed', subject: null, data: ACTIVE },
        { kind: 'user.deleted', subject, data: { owned: false } },
      ],
    });
    expect((await readAll(bridge, feed.call)).map(({ claims }) => claims.events)).toEqual([
      { [`${E}feed:add`]: {} },
      { [`${E}prov:patch:notice`]: { attributes: [MODE_USER] } },
      { [`${E}feed:remove`]: {} },
    ]);
  });

  it('full events have the values: the resource, a PatchOp, or the members; a removed resource gives a notice', async () => {
    const { bridge, scim, feed, ids } = await withPeople(2, { BRIDGE_EVENTS: 'full' });
    const [jane = '', gone = ''] = ids;
    const Operations = [
      { op: 'replace', value: { title: 'Boss', name: { givenName: 'Jane' } } },
      { op: 'remove', path: 'emails' },
    ];
    await scim('PATCH', `/scim/v2/Users/${jane}`, { Operations });
    await scim('PUT', `/scim/v2/Users/${jane}`, person('jane@example.com', { title: 'Chief' }));
    const sales = await scim('POST', '/scim/v2/Groups', { displayName: 'Sales', members: [{ value: jane }] });
    await scim('DELETE', `/scim/v2/Users/${gone}`);

    const sets = await readAll(bridge, feed.call);
    const events = sets.map(({ claims }) => claims.events);
    expect(events[0]?.[`${E}prov:create:full`]).toMatchObject({
      version: 'W/"3"',
      data: { id: jane, title: 'Chief', meta: { location: `${PUBLIC_URL}/scim/v2/Users/${jane}` } },
    });
    expect(events[1]?.[`${E}prov:create:notice`]).toEqual({ attributes: ['userName', 'active', 'emails'] });
    // The values are the current ones: the user was patched, then replaced.
    expect(events[2]?.[`${E}prov:patch:full`]).toMatchObject({
      data: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: expect.arrayContaining([
          { op: 'replace', path: 'title', value: 'Chief' },
          { op: 'remove', path: 'name' },
          { op: 'replace', path: 'emails', value: [expect.objectContaining({ value: 'jane@example.com' })] },
        ]) as object[],
      },
    });
    expect(events[3]?.[`${E}prov:put:full`]).toMatchObject({ data: { userName: 'jane@example.com' } });
    expect(events[4]?.[`${E}prov:create:full`]).toMatchObject({ data: { displayName: 'Sales' } });
    expect(events[4]?.[`${E}prov:create:full`]?.['data']).not.toHaveProperty('members');
    expect(events[5]?.[`${E}prov:patch:full`]).toEqual({
      data: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'members', value: [{ value: jane }] }],
      },
    });
    expect(events[6]).toEqual({ [`${E}prov:delete`]: {} });
    expect(sets[4]?.claims.sub_id.uri).toBe(`/Groups/${String(sales.body['id'])}`);
    const { body } = await feed.call('GET', '/scim/v2/ServiceProviderConfig');
    const announced = (body['securityEvents'] as { eventUris: string[] }).eventUris;
    for (const uri of events.flatMap((event) => Object.keys(event))) expect(announced).toContain(uri);
  });

  it('an event is sent again with the same id until it is acknowledged, and never after that', async () => {
    const { poll } = await withPeople(5);
    const first = await poll({ ...AT_ONCE, maxEvents: 2 });
    expect(first.body['moreAvailable']).toBe(true);
    expect(idsOf(first)).toHaveLength(2);
    const [a = '', b = ''] = idsOf(first);
    expect(idsOf(await poll({ ...AT_ONCE, maxEvents: 2 }))).toEqual([a, b]);
    // Only the second is acknowledged, so the first is sent again with the next events.
    const second = await poll({ ...AT_ONCE, ack: [b] });
    expect(second.body['moreAvailable']).toBe(false);
    expect(idsOf(second)).toHaveLength(4);
    expect(idsOf(second)).toContain(a);
    expect(idsOf(second)).not.toContain(b);
    expect(idsOf(await poll({ ...AT_ONCE, ack: [...idsOf(second), b, 'nobody-knows', '1'] }))).toEqual([]);
    expect(await poll(AT_ONCE)).toMatchObject({ status: 200, body: { sets: {}, moreAvailable: false } });
  });

  it('maxEvents 0 only acknowledges, does not wait, and returns whether there are more events', async () => {
    const { bridge, poll } = await withPeople(2);
    const ids = idsOf(await poll(AT_ONCE));
    expect((await poll({ maxEvents: 0, ack: ids.slice(0, 1) })).body).toEqual({
      sets: {},
      moreAvailable: true,
    });
    expect((await poll({ maxEvents: 0, ack: ids.slice(1) })).body).toEqual({
      sets: {},
      moreAvailable: false,
    });
    expect(bridge.clock.slept).toBe(0);
  });

  it('a rejected event is not sent again, and operators see it in the log and in the status, with the message of the receiver', async () => {
    const { bridge, poll, feed } = await withPeople(2);
    const [a = '', b = ''] = idsOf(await poll(AT_ONCE));
    const errors = {
      [a]: { err: 'invalid_key', description: 'Key ID unknown\u0007' },
      'x-1': { err: 'none of ours' },
    };
    expect(idsOf(await poll({ ...AT_ONCE, setErrs: errors }))).toEqual([b]);
    expect(idsOf(await poll({ ...AT_ONCE, setErrs: errors }))).toEqual([b]);
    expect(bridge.log.filter((line) => line.includes('invalid_key'))).toHaveLength(1);
    expect(bridge.log.join()).not.toContain('none of ours');
    const { eventStreams } = await bridge.store.status.status('acme', 10);
    expect(eventStreams).toMatchObject([
      {
        tokenId: feed.tokenId,
        label: 'a token of feed',
        errors: 1,
        lastError: `${a}: invalid_key Key ID unknown`,
      },
    ]);
  });

  it('each token has its own stream, which survives a restart', async () => {
    const { bridge, poll, feed } = await withPeople(3);
    const ids = idsOf(await poll(AT_ONCE));
    const { next, changes } = (await feed.call('GET', '/feed/v1/changes?wait=0&limit=2')).body;
    const [first] = changes as readonly { readonly position: string }[];
    await poll({ ...AT_ONCE, ack: ids.slice(0, 2) });
    const other = await bridge.as('feed');
    expect(idsOf(await other.call('POST', POLL, AT_ONCE))).toEqual(ids);
    const again = openStore(bridge.databaseUrl);
    const { eventStreams } = await again.status.status('acme', 10);
    await again.close();
    expect(new Map(eventStreams.map(({ tokenId, position }) => [tokenId, position]))).toEqual(
      new Map([
        [feed.tokenId, Number(next)],
        [other.tokenId, Number(first?.position) - 1],
      ]),
    );
    expect(idsOf(await poll(AT_ONCE))).toEqual(ids.slice(2));
  });

  it('a first poll may start at a position of the feed, and later polls do not change the start', async () => {
    const { bridge, poll, feed } = await withPeople(3);
    const { body } = await feed.call('GET', '/feed/v1/changes?wait=0&limit=2');
    const fresh = await bridge.as('feed');
    const from = (position: unknown) => fresh.call('POST', `${POLL}?after=${String(position)}`, AT_ONCE);
    const all = idsOf(await poll(AT_ONCE));
    expect(idsOf(await from(body['next']))).toEqual(all.slice(2));
    expect(idsOf(await from(0))).toEqual(all.slice(2));
    expect(await from('999999')).toMatchObject({ status: 410, body: { code: 'cursor_expired' } });
    expect(await from('x')).toMatchObject({ status: 400, body: { code: 'invalid_value' } });
  });

  it('a poll waits up to 30 seconds for an event', async () => {
    const { bridge, scim, poll } = await withPeople(1);
    const ids = idsOf(await poll({}));
    expect(bridge.clock.slept).toBe(0);
    expect((await poll({ ack: ids })).body).toEqual({ sets: {}, moreAvailable: false });
    expect(bridge.clock.slept).toBe(30_000);
    bridge.clock.beforeWaking = async () => {
      bridge.clock.beforeWaking = undefined;
      await scim('POST', '/scim/v2/Users', person('awaited@example.com'));
    };
    expect(idsOf(await poll({}))).toHaveLength(1);
    expect(bridge.clock.slept).toBe(30_250);
  });

  it('a stopping bridge answers waiting polls at once', async () => {
    const { bridge, poll } = await withPeople(0);
    bridge.clock.beforeWaking = () => {
      bridge.stopping.abort();
      return Promise.resolve();
    };
    expect((await poll({})).body).toEqual({ sets: {}, moreAvailable: false });
    expect(bridge.clock.slept).toBe(250);
  });

  it('a poll writes only its own position, and every other method gets 405', async () => {
    const { bridge, poll, feed, ids } = await withPeople(2);
    const before = await bridge.store.feed.lastPosition('acme');
    await poll({ ...AT_ONCE, ack: idsOf(await poll(AT_ONCE)), setErrs: { x: { err: 'y' } } });
    expect(await bridge.store.feed.lastPosition('acme')).toBe(before);
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await feed.call(method, POLL);
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    for (const path of [
      '/feed/v1/events',
      '/feed/v1/events/poll/x',
      '/feed/v1/changes',
      '/feed/v1/snapshot',
    ]) {
      expect((await feed.call('POST', path, {})).status, path).toBe(405);
    }
    for (const id of ids) expect((await feed.call('GET', `/scim/v2/Users/${id}`)).status).toBe(200);
  });

  it('an invalid poll gets 400 and acknowledges nothing; a token of another kind gets 401', async () => {
    const { bridge, poll } = await withPeople(1);
    const ids = idsOf(await poll(AT_ONCE));
    const bad: unknown[] = [
      '[]',
      '"x"',
      '{"ack":',
      { ack: [{}] },
      { ack: ids, maxEvents: -1 },
      { ack: ids, maxEvents: 'many' },
      { ack: ids, returnImmediately: 'perhaps' },
      { ack: ids, setErrs: { a: 'b' } },
      { ack: [...ids, ...Array.from({ length: 1_000 }, (_, index) => String(index))] },
    ];
    for (const body of bad) {
      const answer = await poll(body);
      expect(answer.status, JSON.stringify(body).slice(0, 80)).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(idsOf(await poll({ ...AT_ONCE, unknown: 1 }))).toEqual(ids);
    for (const kind of ['scim', 'admin'] as const) {
      expect((await (await bridge.as(kind)).call('POST', POLL, AT_ONCE)).status).toBe(401);
    }
  });

  it('no request causes a 500 or loses events', async () => {
    const { poll } = await withPeople(2);
    const ids = idsOf(await poll(AT_ONCE));
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(fc.string()), fc.integer());
    const body = fc.oneof(
      fc.json(),
      fc.record(
        {
          maxEvents: value,
          returnImmediately: value,
          ack: value,
          setErrs: fc.dictionary(fc.string(), value),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        expect([200, 400]).toContain((await poll(sent)).status);
      }),
      { numRuns: 60 },
    );
    expect(idsOf(await poll(AT_ONCE))).toEqual(ids);
  });

  it('at most 1,000 events are unacknowledged; later ones are sent as the oldest are acknowledged', async () => {
    const { bridge, poll } = await withPeople(0);
    const drafts = Array.from({ length: 1_010 }, (_, index) => {
      const subject = { kind: 'user', id: `u${index}` } as const;
      return { kind: 'user.created', subject, data: { userName: `${index}` } } as const;
    });
    await bridge.store.provisioning.record({ workspace: 'acme', at: bridge.clock.now(), changes: drafts });
    expect(idsOf(await poll(AT_ONCE))).toHaveLength(100);
    const answer = await poll({ ...AT_ONCE, maxEvents: 100_000 });
    expect(answer.body['moreAvailable']).toBe(true);
    const under = idsOf(answer);
    expect(under).toHaveLength(1_000);
    // All except the oldest are acknowledged: no new event is sent until the oldest is, too.
    const held = await poll({ ...AT_ONCE, maxEvents: 1_000, ack: under.slice(1) });
    expect(idsOf(held)).toEqual(under.slice(0, 1));
    const rest = await poll({ ...AT_ONCE, maxEvents: 1_000, ack: under.slice(0, 1) });
    expect(idsOf(rest)).toHaveLength(10);
    expect(rest.body['moreAvailable']).toBe(false);
    expect(idsOf(await poll({ ...AT_ONCE, ack: idsOf(rest) }))).toEqual([]);
  });

  it('a response of full events is limited in size, and the next poll continues', async () => {
    const { bridge, scim, poll } = await withPeople(0, { BRIDGE_EVENTS: 'full' });
    const note = 'x'.repeat(250 * 1_024);
    const count = 15;
    for (let index = 0; index < count; index += 1) {
      await scim('POST', '/scim/v2/Users', person(`p${index}@example.com`, { note }));
      bridge.clock.advance(1);
    }
    const first = await poll(AT_ONCE);
    expect(first.body['moreAvailable']).toBe(true);
    expect(JSON.stringify(first.body).length).toBeLessThan(4.1 * 1_024 * 1_024);
    const second = await poll({ ...AT_ONCE, ack: idsOf(first) });
    expect(second.body['moreAvailable']).toBe(false);
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(count);
    expect(idsOf(first).length + idsOf(second).length).toBe(count);
  });

  it('a key from the setting signs, also an RSA key; earlier keys stay published', async () => {
    const { bridge, feed, scim } = await withPeople(1);
    const early = setsOf(await feed.call('POST', POLL, AT_ONCE));
    const [before] = (await keySetOf(bridge)).keys;
    await bridge.keys.rotate();
    bridge.clock.advance(10_000);
    await scim('POST', '/scim/v2/Users', person('later@example.com'));
    const [old, late] = await readAll(bridge, feed.call);
    expect(old?.header.kid).not.toBe(before?.kid);
    expect(late?.header.kid).toBe(old?.header.kid);

    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const environment = { BRIDGE_EVENTS_KEY: rsa.replaceAll('\n', '\\n') };
    const given = await startBridge(engine, environment, bridge.databaseUrl);
    const [set] = await readAll(given, (await given.as('feed')).call);
    expect(set?.header.alg).toBe('RS256');
    const published = await keySetOf(given);
    expect(published.keys.map(({ kid }) => kid)).toEqual([set?.header.kid, old?.header.kid, before?.kid]);
    for (const text of Object.values(early)) expect(readSet(text, published).header.kid).toBe(before?.kid);
    for (const key of published.keys) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
    const stored = await given.store.eventKeys.keys(10);
    expect(stored.map(({ privateKey }) => privateKey)).toEqual([null, null, null]);
    await expect(given.keys.rotate()).rejects.toMatchObject({ code: 'invalid_value' });
  });

  it('two bridges on one database sign with one key', async () => {
    const { bridge, feed } = await withPeople(1);
    const second = await startBridge(engine, {}, bridge.databaseUrl);
    const [one] = await readAll(bridge, feed.call);
    const [other] = await readAll(second, (await second.as('feed')).call);
    expect(other?.header.kid).toBe(one?.header.kid);
    expect((await keySetOf(second)).keys).toHaveLength(1);
  });

  it('without events, there are no routes, no keys, and no announcement', async () => {
    const { bridge, feed, poll } = await withPeople(1, { BRIDGE_EVENTS: 'off' });
    expect((await poll(AT_ONCE)).status).toBe(405);
    expect((await fetch(`${bridge.origin}/.well-known/jwks.json`)).status).toBe(404);
    const { body } = await feed.call('GET', '/scim/v2/ServiceProviderConfig');
    expect(body).not.toHaveProperty('securityEvents');
  });
});
