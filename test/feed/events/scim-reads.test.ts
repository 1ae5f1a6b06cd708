/** A feed token reads all of SCIM in its workspace, also with cursors, and changes nothing. */
import { describe, expect, it } from 'vitest';
import { client, person, type Answer, type Call } from '../../acceptance/client.ts';
import { engines } from '../../databases.ts';
import { createUnmanagedUser } from '../../../src/directory/unmanaged.ts';
import { memberOf } from '../world.ts';
import { startBridge } from './bridge.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const ENTITLEMENT = [
  'urn:ietf:params:scim:schemas:core:2.0:Entitlement',
  'urn:okta:scim:schemas:core:1.0:Entitlement',
];

type Resource = Readonly<Record<string, unknown>> & { readonly id: string };
const resourcesOf = ({ body }: Answer) => body['Resources'] as Resource[];

/** All pages, read with cursors. */
async function walk(call: Call, path: string, count: number): Promise<Resource[]> {
  const found: Resource[] = [];
  for (let cursor = ''; ;) {
    const answer = await call('GET', `${path}count=${count}&cursor=${cursor}`);
    expect(answer.status).toBe(200);
    found.push(...resourcesOf(answer));
    expect(answer.body['itemsPerPage']).toBe(resourcesOf(answer).length);
    const next = answer.body['nextCursor'];
    if (next === undefined) return found;
    expect(resourcesOf(answer)).toHaveLength(count);
    cursor = next as string;
  }
}

/** Without the attributes that only readers of the feed get. */
function withoutEntitlements(body: Answer['body']): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) => (key === 'entitlements' ? undefined : value)),
  );
}

describe.each(engines)('SCIM with a feed token, on %s', (engine) => {
  async function withGroups(count: number) {
    const bridge = await startBridge(engine);
    const [scim, feed] = [(await bridge.as('scim')).call, await bridge.as('feed')];
    const user = await scim(
      'POST',
      '/scim/v2/Users',
      person('jane@example.com', { roles: [{ value: 'admin' }] }),
    );
    const groups: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const members = [{ value: user.body['id'] }];
      const { body } = await scim('POST', '/scim/v2/Groups', { displayName: `Group ${index}`, members });
      groups.push(String(body['id']));
      bridge.clock.advance(index % 2);
    }
    return { bridge, scim, feed, userId: String(user.body['id']), groups };
  }

  it('has the entitlements of each User, with the ids of /Entitlements, whatever the IdP sent', async () => {
    const { scim, feed, userId, groups } = await withGroups(2);
    const entitlements = [{ value: 'of the IdP', type: 'licence' }];
    const patch = { Operations: [{ op: 'add', path: 'entitlements', value: entitlements }] };
    expect((await scim('PATCH', `/scim/v2/Users/${userId}`, patch)).status).toBeLessThan(300);
    const { body: listed } = await feed.call('GET', '/scim/v2/Entitlements');
    const offered = (listed['Resources'] as Resource[]).map(({ value, display, type }) => {
      return { value, display, type };
    });
    expect(offered).toHaveLength(1 + groups.length);
    const { body } = await feed.call('GET', `/scim/v2/Users/${userId}`);
    expect(body['entitlements']).toEqual(expect.arrayContaining(offered));
    expect(body['entitlements']).toHaveLength(offered.length);
    const { body: only } = await feed.call('GET', `/scim/v2/Users?attributes=entitlements.value`);
    expect((only['Resources'] as Resource[])[0]?.['entitlements']).toHaveLength(offered.length);
    const { body: none } = await feed.call('GET', `/scim/v2/Users/${userId}?excludedAttributes=entitlements`);
    expect(none['entitlements']).toBeUndefined();
    expect((await scim('GET', `/scim/v2/Users/${userId}`)).body['entitlements']).toEqual(entitlements);
  });

  it('has the entitlements on Mode of a member that no IdP has pushed', async () => {
    const { bridge, feed } = await withGroups(0);
    const found = { id: 'boss', workspace: 'acme', at: bridge.clock.now() };
    await bridge.store.directory.commit(
      createUnmanagedUser(found, { email: 'boss@example.com', name: null }),
    );
    const member = { ...memberOf('m1', 'boss'), email: 'boss@example.com', admin: true };
    await bridge.store.provisioning.record({
      workspace: 'acme',
      at: bridge.clock.now(),
      members: { upsert: [member], remove: [] },
      links: [{ subject: { kind: 'user', id: 'boss' }, token: 'm1' }],
    });
    const { body } = await feed.call('GET', '/scim/v2/Users/boss');
    expect(body['entitlements']).toEqual([
      { value: 'role:admin:assigned', display: 'Workspace admin', type: 'role' },
    ]);
  });

  it('reads what the IdP reads: single resources, lists, searches, and with HEAD', async () => {
    const { scim, feed, userId, groups } = await withGroups(3);
    const paths = [
      '',
      '/Users',
      '/Groups',
      `/Users/${userId}`,
      `/Groups/${groups[0] ?? ''}`,
      '/Users?filter=userName%20eq%20%22jane@example.com%22&attributes=userName',
    ];
    for (const path of paths) {
      const [one, other] = [await feed.call('GET', `/scim/v2${path}`), await scim('GET', `/scim/v2${path}`)];
      expect(one.status, path).toBe(200);
      expect(withoutEntitlements(one.body), path).toEqual(withoutEntitlements(other.body));
      expect((await feed.call('HEAD', `/scim/v2${path}`)).status, path).toBe(200);
    }
    // A reader gets more schemas here: those of Okta and of the drafts.
    const described = [
      '/Roles',
      '/Entitlements',
      '/Roles/admin',
      `/Entitlements/group:${groups[1] ?? ''}:member`,
      '/Entitlements/role%3Aadmin%3Aassigned',
      '/ServiceProviderConfig',
      '/ResourceTypes',
      '/Schemas',
    ];
    for (const path of described) {
      const [one, other] = [await feed.call('GET', `/scim/v2${path}`), await scim('GET', `/scim/v2${path}`)];
      expect([one.status, other.status], path).toEqual([200, 200]);
      expect(Object.keys(one.body), path).toEqual(expect.arrayContaining(Object.keys(other.body)));
      expect((await feed.call('HEAD', `/scim/v2${path}`)).status, path).toBe(200);
    }
    for (const type of ['', '/Users', '/Groups']) {
      const answer = await feed.call('POST', `/scim/v2${type}/.search`, { count: 10 });
      expect(answer.status).toBe(200);
      expect(resourcesOf(answer).length).toBeGreaterThan(0);
    }
    expect(await walk(feed.call, '/scim/v2/Groups?', 2)).toHaveLength(3);
    expect(await walk(feed.call, '/scim/v2/Users?', 1)).toHaveLength(1);
  });

  it('cannot write: every write gets 403 and changes nothing', async () => {
    const { bridge, feed, userId, groups } = await withGroups(1);
    const position = await bridge.store.feed.lastPosition('acme');
    const group = `/scim/v2/Groups/${groups[0] ?? ''}`;
    const patch = { Operations: [{ op: 'replace', value: { active: false, displayName: 'X' } }] };
    const bulk = { Operations: [{ method: 'DELETE', path: `/Users/${userId}` }] };
    const writes: [string, string, object | undefined][] = [
      ['POST', '/scim/v2/Users', person('new@example.com')],
      ['PUT', `/scim/v2/Users/${userId}`, person('jane@example.com', { active: false })],
      ['PATCH', `/scim/v2/Users/${userId}`, patch],
      ['DELETE', `/scim/v2/Users/${userId}`, undefined],
      ['POST', '/scim/v2/Groups', { displayName: 'New' }],
      ['PUT', group, { displayName: 'New' }],
      ['PATCH', group, patch],
      ['DELETE', group, undefined],
      ['POST', '/scim/v2/Bulk', bulk],
      ['POST', '/scim/v2/Me', person('new@example.com')],
      ['POST', '/scim/v2/Roles', { value: 'x' }],
      ['DELETE', '/scim/v2/Entitlements/role:admin:assigned', undefined],
      ['POST', '/scim/v2/nothing', {}],
      ['PATCH', '/scim/v2//Users/.search', {}],
      ['POST', `/scim/v2/Users/${userId}/.search`, {}],
    ];
    for (const [method, path, body] of writes) {
      const answer = await feed.call(method, path, body);
      expect(answer.status, `${method} ${path}`).toBe(403);
      expect(answer.headers.get('content-type')).toContain('application/scim+json');
      expect(answer.body).toMatchObject({ schemas: [ERROR], status: '403' });
    }
    expect(await bridge.store.feed.lastPosition('acme')).toBe(position);
  });

  it('does not affect the detection of the IdP', async () => {
    const { bridge, feed } = await withGroups(0);
    const headers = { authorization: feed.token, 'user-agent': 'Okta SCIM Client 1.0.0' };
    const filter = encodeURIComponent('userName eq "x@example.com"');
    for (let times = 0; times < 3; times += 1) {
      const answer = await fetch(`${bridge.origin}/scim/v2/Users?filter=${filter}&startIndex=1&count=100`, {
        headers,
      });
      expect(answer.status).toBe(200);
    }
    expect(await bridge.store.idp.profile('default')).toBeUndefined();
    expect(await bridge.store.idp.warnings('default')).toEqual([]);
  });

  it('allows nothing else, and changes nothing for other kinds of tokens', async () => {
    const { bridge, feed, scim } = await withGroups(0);
    const admin = await bridge.as('admin');
    expect((await admin.call('GET', '/scim/v2/Users')).status).toBe(401);
    expect((await admin.call('GET', '/feed/v1/changes?wait=0')).status).toBe(401);
    expect((await scim('GET', '/feed/v1/changes?wait=0')).status).toBe(401);
    await bridge.store.access.revokeToken(feed.tokenId, bridge.clock.now());
    bridge.clock.advance(1_000);
    expect((await feed.call('GET', '/scim/v2/Users')).status).toBe(401);
    expect((await client(bridge.origin, undefined)('GET', '/scim/v2/Users')).status).toBe(401);
  });

  it('lists the entitlements of the feed, each once, with index, cursor and filter', async () => {
    const { scim, feed, groups } = await withGroups(7);
    const expected = ['role:admin:assigned', ...groups.map((id) => `group:${id}:member`)];
    const idsOf = (resources: readonly Resource[]) => resources.map(({ id }) => id);
    for (const count of [1, 2, 3, 7, 8, 100]) {
      expect(new Set(idsOf(await walk(feed.call, '/scim/v2/Entitlements?', count)))).toEqual(
        new Set(expected),
      );
      expect(idsOf(await walk(feed.call, '/scim/v2/Entitlements?', count))).toHaveLength(expected.length);
    }
    const all = await feed.call('GET', '/scim/v2/Entitlements?count=100');
    expect(all.body).toMatchObject({ totalResults: 8, startIndex: 1, itemsPerPage: 8 });
    const order = idsOf(resourcesOf(all));
    for (const [start, count] of [
      [1, 1],
      [1, 3],
      [2, 2],
      [8, 5],
      [9, 5],
      [3, 0],
    ] as const) {
      const answer = await feed.call('GET', `/scim/v2/Entitlements?startIndex=${start}&count=${count}`);
      expect(idsOf(resourcesOf(answer)), `${start} ${count}`).toEqual(
        order.slice(start - 1, start - 1 + count),
      );
      expect(answer.body['totalResults']).toBe(8);
    }
    for (const resource of resourcesOf(all)) {
      const { id } = resource;
      expect(resource['schemas']).toEqual(ENTITLEMENT);
      expect(resource['value']).toBe(id);
      expect((await feed.call('GET', `/scim/v2/Entitlements/${encodeURIComponent(id)}`)).body).toEqual(
        resource,
      );
    }
    const groupsOnly = `/scim/v2/Entitlements?filter=${encodeURIComponent('type eq "group"')}&`;
    expect(await walk(feed.call, groupsOnly, 3)).toHaveLength(7);
    const named = encodeURIComponent('display eq "Member of Group 3"');
    const found = await feed.call('GET', `/scim/v2/Entitlements?filter=${named}`);
    expect(found.body['totalResults']).toBe(1);
    expect(idsOf(resourcesOf(found))).toEqual([`group:${groups[3] ?? ''}:member`]);

    await scim('DELETE', `/scim/v2/Groups/${groups[3] ?? ''}`);
    expect((await feed.call('GET', `/scim/v2/Entitlements/group:${groups[3] ?? ''}:member`)).status).toBe(
      404,
    );
    expect((await feed.call('GET', '/scim/v2/Entitlements/nonsense')).status).toBe(404);
    expect((await feed.call('GET', '/scim/v2/Entitlements')).body['totalResults']).toBe(7);
  });

  it('rejects a cursor of another list or query', async () => {
    const { feed } = await withGroups(2);
    expect(await walk(feed.call, '/scim/v2/Roles?', 1)).toHaveLength(2);
    const { body } = await feed.call('GET', '/scim/v2/Entitlements?count=1&cursor');
    const cursor = String(body['nextCursor']);
    for (const path of ['Roles?', 'Groups?', `Entitlements?filter=${encodeURIComponent('type pr')}&`]) {
      const answer = await feed.call('GET', `/scim/v2/${path}cursor=${cursor}`);
      expect(answer, path).toMatchObject({ status: 400, body: { scimType: 'invalidCursor' } });
    }
  });
});
