/** Discovery matches the behaviour of the service: roles, rejected methods, the Mode extensions, huge groups. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { client, person, type Answer, type Call } from './client.ts';
import { eventually } from './eventually.ts';
import { control } from './mode-state.ts';
import { openStage, type OpenStage } from './stage.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const USER = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:extension:mode:2.0:Group';
/** Operations of a bulk request, and the number of requests. Together they create more users than a page of a list has. */
const [BATCH, BATCHES] = [600, 2];
const HUGE_DEADLINE_MS = 120_000;
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

interface Resource extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly schema: string;
  readonly endpoint: string;
  readonly schemaExtensions: readonly { schema: string }[];
  readonly attributes: readonly { name: string; mutability: string; uniqueness: string }[];
}
const resourcesOf = ({ body }: Answer) => body['Resources'] as readonly Resource[];
const some = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe.each(engines)('discovery, on %s', (engine) => {
  let stage: OpenStage;
  let scim: Call;

  beforeAll(async () => {
    stage = await openStage(engine);
    scim = client(stage.scim, stage.scimToken);
  });
  afterAll(() => stage.close());

  const metaOf = (type: string, endpoint: string, id: string) => {
    return { resourceType: type, location: `${stage.scim}${endpoint}/${id}` };
  };

  it('ServiceProviderConfig has the supported features and their limits', async () => {
    const { body } = await scim('GET', '/ServiceProviderConfig');
    expect(body).toMatchObject({
      schemas: [`${CORE}:ServiceProviderConfig`],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 1_000 },
      changePassword: { supported: false },
      ...{ sort: { supported: true }, etag: { supported: true } },
      pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', cursorTimeout: 86_400 },
      authenticationSchemes: [{ type: 'oauthbearertoken', primary: true }],
    });
    expect(body['pagination']).toMatchObject({ defaultPageSize: 100, maxPageSize: 1_000 });
    expect((await scim('GET', '/Users')).body).toMatchObject({ startIndex: 1 });
  });

  it('every schema can be read by its URN, and the resource types use exactly these schemas', async () => {
    const schemas = resourcesOf(await scim('GET', '/Schemas'));
    for (const schema of schemas) {
      expect(schema['schemas']).toEqual([`${CORE}:Schema`]);
      expect(schema['meta']).toEqual(metaOf('Schema', '/Schemas', schema.id));
      expect((await scim('GET', `/Schemas/${encodeURIComponent(schema.id)}`)).body).toEqual(schema);
    }
    const own = schemas.flatMap(({ id, attributes }) => ([USER, GROUP].includes(id) ? attributes : []));
    expect(new Set(own.map(({ mutability }) => mutability))).toEqual(new Set(['readOnly']));
    const types = resourcesOf(await scim('GET', '/ResourceTypes'));
    const extensions = types.flatMap(({ schemaExtensions }) => schemaExtensions);
    const named = new Set([...types, ...extensions].map(({ schema }) => schema));
    expect(new Set(schemas.map(({ id }) => id))).toEqual(named);
    expect((await scim('GET', '/Schemas/urn:nothing')).status).toBe(404);
  });

  it('/Schemas declares group names as unique, which a POST enforces with 409', async () => {
    const group = resourcesOf(await scim('GET', '/Schemas')).find(({ id }) => id === `${CORE}:Group`);
    const name = group?.attributes.find((attribute) => attribute.name === 'displayName');
    expect(name).toMatchObject({ uniqueness: 'server' });
  });

  it('every resource type can be read by its id, and its endpoint exists', async () => {
    const types = resourcesOf(await scim('GET', '/ResourceTypes'));
    const ids = types.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['User', 'Group', 'Role', 'Entitlement']));
    for (const type of types) {
      expect(type['meta']).toEqual(metaOf('ResourceType', '/ResourceTypes', type.id));
      expect((await scim('GET', `/ResourceTypes/${type.id}`)).body).toEqual(type);
      expect((await scim('GET', type.endpoint)).status).toBe(200);
    }
  });

  it.each([
    ['Role', '/Roles', ['admin', 'member']],
    ['Entitlement', '/Entitlements', ['role:admin:assigned']],
  ])('a %s has the schema of the draft and is read-only', async (name, endpoint, ids) => {
    const types = resourcesOf(await scim('GET', '/ResourceTypes'));
    const draft = [`${CORE}:${name}`];
    expect(types.flatMap((type) => (type.endpoint === endpoint ? type.schema : []))).toEqual(draft);
    const all = resourcesOf(await scim('GET', endpoint));
    expect(all.map(({ id }) => id)).toEqual(ids);
    for (const one of all) {
      expect(one['schemas']).toEqual(draft);
      expect(one['meta']).toEqual(metaOf(name, endpoint, one.id));
      expect((await scim('GET', `${endpoint}/${one.id}`)).body).toEqual(one);
    }
    for (const path of [endpoint, `${endpoint}/admin`]) {
      for (const method of WRITES) expect((await scim(method, path, {})).status, method).toBe(405);
    }
    expect(resourcesOf(await scim('GET', endpoint))).toEqual(all);
    expect((await scim('GET', `${endpoint}/none`)).status).toBe(404);
  });

  it.each([
    ...['/Users', '/Groups'].map((path) => ({ path, methods: WRITES.slice(1) })),
    ...['/ServiceProviderConfig', '/Schemas', '/ResourceTypes'].map((path) => ({ path, methods: WRITES })),
    { path: '/Users/somebody', methods: ['POST'] },
  ])('$methods to $path return 405 with the allowed methods', async ({ path, methods }) => {
    for (const method of methods) {
      const answer = await scim(method, path, {});
      expect(answer.body).toMatchObject({ schemas: [ERROR], status: '405' });
      // RFC 9110 section 15.5.6
      expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'HEAD']));
      expect(answer.headers.get('allow')).not.toContain(method);
    }
  });

  it.each([
    ['GET', '/Bulk', 405],
    ['PUT', '/.search', 405],
    ['DELETE', '/Users/.search', 405],
    ['DELETE', '/', 405],
    // An unfiltered list must not look like a filtered one (RFC 7644 section 4).
    ['GET', '/Schemas?filter=id%20pr', 403],
    ['GET', '/ResourceTypes?filter=id%20pr', 403],
  ])('%s %s returns %i', async (method, path, status) => {
    expect((await scim(method, path, method === 'PUT' ? {} : undefined)).status).toBe(status);
  });

  it.each(['GET', ...WRITES])('%s /Me returns 501: a token does not belong to a user', async (method) => {
    const { body } = await scim(method, '/Me?attributes=userName', method === 'GET' ? undefined : {});
    expect(body).toMatchObject({ schemas: [ERROR], status: '501' });
  });

  it('the Mode extension shows the delivery from pending to verified, and ignores values of a client', async () => {
    const claim = {
      state: 'former',
      admin: true,
      username: 'root',
      delivery: 'held',
      memberCount: 9,
      token: 'x',
    };
    const body = person('told@example.com', { [USER]: claim });
    const { body: user } = await scim('POST', '/Users', body);
    expect(user[USER]).toEqual({ delivery: 'pending' });
    const members = [{ value: user['id'] }];
    const { body: group } = await scim('POST', '/Groups', { displayName: 'Told', members, [GROUP]: claim });
    expect(group[GROUP]).toEqual({ delivery: 'pending', memberCount: 1 });
    const [userPath, groupPath] = [`/Users/${String(user['id'])}`, `/Groups/${String(group['id'])}`];
    const shown = async (path: string, urn: string) => (await scim('GET', path)).body[urn];
    await eventually(async () => {
      expect(await shown(userPath, USER)).toMatchObject({ state: 'invited', delivery: 'applied' });
    });
    await control(stage.sandbox, 'POST', 'accept-invites', {});
    await eventually(async () => {
      const verified = { state: 'active', admin: false, managedByScim: false, delivery: 'verified' };
      expect(await shown(userPath, USER)).toEqual({ ...verified, username: some(/\w/) });
      expect(await shown(groupPath, GROUP)).toMatchObject({ delivery: 'verified', memberCount: 1 });
    });
    const before = await scim('GET', userPath);
    // A client may send back the extension that it read.
    const leftOut = [
      { op: 'replace', value: { [USER]: claim } },
      { op: 'replace', value: { [`${USER}:state`]: 'former' } },
    ];
    // RFC 7644 section 3.5.2: a path that names a read-only attribute is an error.
    const refused = [
      { op: 'replace', path: `${USER}:admin`, value: true },
      { op: 'add', path: USER, value: claim },
      { op: 'remove', path: USER },
    ];
    const patch = (operation: object) => scim('PATCH', userPath, { Operations: [operation] });
    expect((await scim('PUT', userPath, body)).body).toEqual(before.body);
    for (const operation of leftOut) {
      expect((await patch(operation)).body, JSON.stringify(operation)).toEqual(before.body);
    }
    for (const operation of refused) {
      const expected = { status: '400', scimType: 'mutability' };
      expect((await patch(operation)).body, JSON.stringify(operation)).toMatchObject(expected);
    }
    expect((await scim('GET', userPath)).body).toEqual(before.body);
  });

  it('a filter on the Mode extension returns the matching users, or is rejected', async () => {
    const { body } = await scim('POST', '/Users', person('asked@example.com'));
    const filter = encodeURIComponent(`id eq "${String(body['id'])}" and ${USER}:delivery pr`);
    const answer = await scim('GET', `/Users?filter=${filter}`);
    expect(answer.status === 400 || answer.body['totalResults'] === 1).toBe(true);
  });

  describe('a huge group', () => {
    let group: Answer;
    let people: readonly string[];

    /** Inactive users: they cause no changes on Mode. */
    async function create(from: number): Promise<readonly string[]> {
      const operations = Array.from({ length: BATCH }, (_none, at) => {
        const data = { userName: `huge-${String(from + at)}@example.com`, active: false };
        return { method: 'POST', path: '/Users', bulkId: String(at), data };
      });
      const { body } = await scim('POST', '/Bulk', { Operations: operations });
      const results = body['Operations'] as readonly { location: string }[];
      return results.map(({ location }) => location.split('/').at(-1) ?? '');
    }

    beforeAll(async () => {
      const batches = Array.from({ length: BATCHES }, (_none, at) => create(at * BATCH));
      people = (await Promise.all(batches)).flat();
      const members = people.map((value) => ({ value }));
      group = await scim('POST', '/Groups', { displayName: 'Huge', members });
    }, HUGE_DEADLINE_MS);

    it('is returned with all members, or none if excluded, and with their number', async () => {
      const read = await scim('GET', `/Groups/${String(group.body['id'])}`);
      const [listed] = resourcesOf(await scim('GET', '/Groups?filter=displayName%20eq%20%22huge%22'));
      for (const body of [group.body, read.body, listed ?? {}]) {
        expect(body['members']).toHaveLength(people.length);
        expect(body[GROUP]).toMatchObject({ memberCount: people.length });
      }
      const { body } = await scim('GET', `/Groups/${String(read.body['id'])}?excludedAttributes=members`);
      expect(Object.keys({ ...body, members: [] }).toSorted()).toEqual(Object.keys(read.body).toSorted());
      expect(body).not.toHaveProperty('members');
    });

    it.each(['excludedAttributes=members', `attributes=${GROUP}:memberCount`])(
      'has a memberCount without the members too: ?%s',
      async (query) => {
        const { body } = await scim('GET', `/Groups/${String(group.body['id'])}?${query}`);
        expect(body[GROUP]).toMatchObject({ memberCount: people.length });
      },
    );

    it('has members that a filter on groups.value finds once each with a cursor, at most 1,000 per page', async () => {
      const filter = encodeURIComponent(`groups.value eq "${String(group.body['id'])}"`);
      const found: string[] = [];
      for (let cursor: unknown = ''; typeof cursor === 'string';) {
        const page = await scim('GET', `/Users?filter=${filter}&count=100000&attributes=id&cursor=${cursor}`);
        expect(page.body['totalResults']).toBe(people.length);
        expect(resourcesOf(page).length).toBeLessThanOrEqual(1_000);
        found.push(...resourcesOf(page).map(({ id }) => id));
        cursor = page.body['nextCursor'];
      }
      expect(found.toSorted()).toEqual(people.toSorted());
      expect(resourcesOf(await scim('GET', `/Users?filter=${filter}`))).toHaveLength(100);
    });
  });
});
