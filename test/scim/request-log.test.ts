/** Every request is in the request log with its answer, and nothing that it said is. */
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiDocument } from '../../src/admin/api-docs.ts';
import { createServers } from '../../src/app/create-servers.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { REQUEST_ROUTES, type LoggedRequest } from '../../src/directory/requests/logged-request.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { systemRandom } from '../../src/random.ts';
import { scimSurface } from '../../src/scim/docs/scim-surface.ts';
import { openPostgres } from '../../src/store/engine/postgres-engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { eventually } from '../acceptance/eventually.ts';
import { defaultConnection } from '../access.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const TABLES = ['request_batches', 'request_batch_kinds', 'request_contents', 'request_kinds'] as const;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function open(engine: EngineName = 'sqlite', settings: Readonly<Record<string, string>> = {}) {
  const database = await freshDatabase(engine);
  const store = await storeAt(database);
  const { id: connectionId } = await defaultConnection(store);
  const place = { workspace: 'acme', connectionId, kind: 'scim' } as const;
  const { text: token } = await createToken(store.access, systemClock, { ...place, label: 'x' });
  // No two requests arrive in one millisecond.
  let now = Date.UTC(2026, 0, 5);
  const servers = createServers({
    random: systemRandom,
    config: readConfig(settings),
    store,
    clock: { ...systemClock, now: () => (now += 1) },
    log: createLogger('silent'),
    stopping: new AbortController().signal,
  });
  await Promise.all([servers.public.ready(), servers.admin.ready()]);
  onTestFinished(async () => {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
  });
  const send = async ({ method, path, body, headers = {} }: Sent) => {
    const answer = await servers.public.inject({
      method: method,
      url: `/scim/v2${path}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = answer.payload;
    return {
      status: answer.statusCode,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, string>,
    };
  };
  const logged = async (): Promise<readonly LoggedRequest[]> => {
    await servers.flush();
    return (await store.requests.list('acme', { limit: 1_000 })).toReversed();
  };
  return { store, servers, send, logged, database, token, connectionId };
}

const person = (name: string) => ({ schemas: ['x'], userName: name, name: { givenName: 'A' }, active: true });

describe('the request log', () => {
  it('has the attributes, operations and filters of a request by their names, and the resource by its id', async () => {
    const { send, logged, connectionId } = await open();
    const { body: jane } = await send({
      method: 'POST',
      path: '/Users',
      body: { ...person('jane@x.test'), costCentre: 7 },
    });
    const id = jane['id'] ?? '';
    const operations = [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'j@x.test' },
      { op: 'add', value: { active: false, [ENTERPRISE]: { department: 'D', secretPlan: 1 } } },
      { op: 'remove', path: `${ENTERPRISE}:manager` },
      { op: 'add', path: 'birthName', value: 'J' },
    ];
    await send({ method: 'PATCH', path: `/Users/${id}`, body: { schemas: [PATCH], Operations: operations } });
    const filter = encodeURIComponent(
      'userName eq "jane@x.test" and (emails[type eq "work" and value co "x"] or shoe pr)',
    );
    await send({ method: 'GET', path: `/Users?filter=${filter}` });
    await send({ method: 'POST', path: '/Users', body: person('JANE@x.test') });
    await send({
      method: 'POST',
      path: '/Bulk',
      body: {
        Operations: [
          { method: 'POST', path: '/Users', bulkId: 'b', data: person('bob@x.test') },
          { method: 'DELETE', path: `/Users/${id}` },
        ],
      },
    });
    const found = await logged();
    expect(found[0]).toEqual({
      id: expect.any(String) as string,
      at: expect.any(Number) as number,
      method: 'POST',
      route: '/Users',
      resourceType: 'User',
      resourceId: id,
      bulkIds: [],
      attributes: ['userName', 'name', 'active'],
      unknownAttributes: 1,
      operations: {},
      filter: [],
      status: 201,
      scimType: null,
      durationMs: expect.any(Number) as number,
      workspace: 'acme',
      connectionId,
      profile: 'generic',
    });
    expect(found[1]).toMatchObject({
      method: 'PATCH',
      route: '/Users/:id',
      resourceId: id,
      attributes: ['emails.value', 'active', `${ENTERPRISE}:department`, `${ENTERPRISE}:manager`],
      unknownAttributes: 2,
      operations: { replace: 1, add: 2, remove: 1 },
    });
    expect(found[2]).toMatchObject({
      method: 'GET',
      filter: [
        { attribute: 'userName', operator: 'eq' },
        { attribute: 'emails.type', operator: 'eq' },
        { attribute: 'emails.value', operator: 'co' },
        { attribute: null, operator: 'pr' },
      ],
    });
    expect(found[3]).toMatchObject({ status: 409, scimType: 'uniqueness', resourceId: null });
    expect(found[4]).toMatchObject({ route: '/Bulk', status: 200, operations: { post: 1, delete: 1 } });
    expect(found[4]?.bulkIds).toHaveLength(2);
    expect(found[4]?.bulkIds).toContain(id);
  });

  it('has requests that are rejected, whatever for', async () => {
    const { send, logged } = await open();
    const refused: readonly (readonly [Sent, number])[] = [
      [{ method: 'GET', path: '/Users', headers: { authorization: '' } }, 401],
      [
        {
          method: 'GET',
          path: '/Users/00000000-0000-7000-8000-000000000001',
          headers: { authorization: 'Bearer wrong-token' },
        },
        401,
      ],
      [{ method: 'POST', path: '/Users', body: '{"userName":' }, 400],
      [{ method: 'POST', path: '/Users', body: { userName: 'x'.repeat(1_100_000) } }, 413],
      [{ method: 'POST', path: '/Users', body: '<user/>', headers: { 'content-type': 'text/xml' } }, 415],
      [{ method: 'GET', path: '/Nothing' }, 404],
      [{ method: 'GET', path: '/Users?filter=%22' }, 400],
      [{ method: 'GET', path: '/Users/%00' }, 400],
      [{ method: 'GET', path: '/Users/%E0%A4%A' }, 400],
      [{ method: 'DELETE', path: '/Users' }, 405],
      [{ method: 'GET', path: '/Users/jane@x.test' }, 404],
    ];
    for (const [sent, status] of refused) expect((await send(sent)).status, sent.path).toBe(status);
    const found = await logged();
    expect(found.map(({ status }) => status).sort()).toEqual(refused.map(([, status]) => status).sort());
    expect(found.filter(({ status }) => status === 401)).toMatchObject([
      { workspace: null, connectionId: null, resourceId: null, route: '/Users' },
      { workspace: null, connectionId: null, resourceId: null, route: '/Users/:id' },
    ]);
    expect(
      found
        .map(({ scimType }) => scimType)
        .filter((type) => type !== null)
        .sort(),
    ).toEqual(['invalidFilter', 'invalidSyntax', 'invalidValue', 'invalidValue']);
  });

  it('has a URL that cannot be decoded, with an answer like every other 400', async () => {
    const { servers, logged, token } = await open();
    const ask = (url: string, headers: Record<string, string>) =>
      servers.public.inject({ method: 'GET', url, headers: { host: 'x', ...headers } });
    const withToken = { authorization: `Bearer ${token}` };
    const [unreadable, other] = [
      await ask('/scim/v2/Users/%zz?a=1', withToken),
      await ask('/scim/v2/Users?filter=%22', withToken),
    ];
    const shape = ({ statusCode, headers }: typeof other) => [statusCode, Object.keys(headers).sort()];
    expect(shape(unreadable)).toEqual(shape(other));
    expect(unreadable.headers['content-type']).toBe(other.headers['content-type']);
    expect(unreadable.json()).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
      scimType: 'invalidValue',
    });
    expect((await ask('/scim/v2/Users/%zz', {})).statusCode).toBe(401);
    const [read, refused] = (await logged()).filter(({ scimType }) => scimType !== 'invalidFilter');
    expect([read?.status, refused?.status].sort()).toEqual([400, 401]);
    expect([read, refused].find((entry) => entry?.status === 400)).toMatchObject({
      route: '/Users/:id',
      connectionId: (await logged()).find(({ scimType }) => scimType === 'invalidFilter')?.connectionId,
      resourceId: null,
      scimType: 'invalidValue',
    });
  });

  it('has a request whose client closes the connection before the answer', async () => {
    const { servers, logged, token } = await open();
    await servers.public.listen({ host: '127.0.0.1', port: 0 });
    const { port } = servers.public.server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    const arrived = once(servers.public.server, 'request');
    socket.write(
      `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"userName`,
    );
    await arrived;
    socket.destroy();
    await eventually(async () => {
      expect(await logged()).toMatchObject([
        { method: 'POST', route: '/Users', status: null, workspace: 'acme' },
      ]);
    });
  });

  it('knows every route of SCIM', async () => {
    const { servers } = await open();
    const { paths } = apiDocument(servers.public, scimSurface) as { paths: object };
    const patterns = Object.keys(paths).map(
      (path) => path.replace('/scim/v2', '').replace('{id}', ':id') || '/',
    );
    expect(patterns.filter((pattern) => !(REQUEST_ROUTES as readonly string[]).includes(pattern))).toEqual(
      [],
    );
  });

  it('is empty when it is switched off', async () => {
    const { send, logged } = await open('sqlite', { BRIDGE_REQUEST_LOG_DAYS: '0' });
    await send({ method: 'GET', path: '/Users' });
    expect(await logged()).toEqual([]);
  });

  it.each(engines)('every change names the request that asked for it, on %s', async (engine) => {
    const { send, logged, database } = await open(engine);
    const { body: jane } = await send({ method: 'POST', path: '/Users', body: person('jane@x.test') });
    const path = `/Users/${jane['id'] ?? ''}`;
    await send({ method: 'PUT', path, body: person('jane.doe@x.test') });
    const members = [{ value: jane['id'] }];
    const { body: group } = await send({
      method: 'POST',
      path: '/Groups',
      body: { displayName: 'G', members },
    });
    await send({ method: 'DELETE', path });
    await send({ method: 'DELETE', path: `/Groups/${group['id'] ?? ''}` });
    const { db, close } = reading(engine, database);
    const changes = await db
      .selectFrom('changes')
      .select(['kind', 'request_id'])
      // The others are decisions of operators.
      .where((of) => of.or([of('kind', 'like', 'user.%'), of('kind', 'like', 'group.%')]))
      .orderBy('position')
      .execute();
    await close();
    const ids = (await logged()).map(({ id }) => id);
    expect(changes.map(({ kind, request_id: id }) => [kind, ids.indexOf(id ?? '')])).toEqual([
      ['user.created', 0],
      ['user.updated', 1],
      ['group.created', 2],
      ['group.member_added', 2],
      ['group.member_removed', 3],
      ['user.deleted', 3],
      ['group.deleted', 4],
    ]);
  });
});

function reading(engine: EngineName, database: string) {
  return engine === 'sqlite' ? openSqlite(database.slice('sqlite:'.length)) : openPostgres(database);
}

/** In everything that a client can send. */
const MARK = 'zebra';
const marked = fc
  .tuple(
    fc.constantFrom('', 'a.', 'urn:x:', '00000000-0000-7000-8000-', 'Bearer ', 'userName eq '),
    fc.constantFrom('', '@x.test', '.b', ':c', '"]'),
  )
  .map(([before, after]) => before + MARK + after);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    marked,
    fc.constantFrom(true, null, 7),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.oneof(
      marked,
      fc.constantFrom(
        'op',
        'path',
        'value',
        'method',
        'bulkId',
        'data',
        'Operations',
        'userName',
        'members',
        'emails',
        'name',
        ENTERPRISE,
        'filter',
        'schemas',
      ),
    ),
    tie('value'),
    { maxKeys: 5, noNullPrototype: true },
  ),
}));
const operation = fc.record(
  {
    op: fc.oneof(fc.constantFrom('add', 'Replace', 'remove'), marked),
    path: fc.oneof(
      marked,
      marked.map((text) => `members[value eq "${text}"]`),
      fc.constant('userName'),
    ),
    value: json.value,
  },
  { requiredKeys: [] },
);
const bulk = fc.record(
  {
    method: fc.oneof(fc.constantFrom('POST', 'PATCH', 'DELETE'), marked),
    path: fc.oneof(
      marked.map((text) => `/Users/${text}`),
      fc.constant('/Users'),
    ),
    bulkId: marked,
    data: json.object,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  json.value,
  json.object.map((object) => ({ ...(object as object), userName: `${MARK}@x.test` })),
  fc.array(operation, { maxLength: 4 }).map((Operations) => ({ Operations })),
  fc.array(bulk, { maxLength: 4 }).map((Operations) => ({ Operations })),
  marked,
);
const path = fc
  .tuple(
    fc.constantFrom(
      '',
      '/Users',
      '/Groups',
      '/Users/.search',
      '/Groups/.search',
      '/.search',
      '/Bulk',
      '/Me',
      '/Schemas',
      '/Roles',
      `/${MARK}`,
      `/Users/${MARK}`,
      `/Groups/%E0${MARK}`,
    ),
    fc.option(marked),
    fc.option(
      fc.oneof(
        marked,
        marked.map((text) => `${text} eq "${MARK}" and userName sw "${text}"`),
      ),
    ),
  )
  .map(([start, more, filter]) => {
    const within = more === null ? '' : `/${encodeURIComponent(more)}`;
    return `${start}${within}${filter === null ? '' : `?filter=${encodeURIComponent(filter)}&${MARK}=1`}`;
  });
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  path,
  body,
  headers: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ 'user-agent': MARK, 'if-match': `"${MARK}"` }) },
    {
      weight: 1,
      arbitrary: fc.record({
        authorization: marked,
        'content-type': fc.constantFrom(MARK, 'application/json'),
      }),
    },
  ),
});

it('nothing that a client sends is in the log, wherever it puts it, and every request is', async () => {
  const { send, logged, database } = await open();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 8 }), async (requests) => {
      for (const request of requests) {
        const withBody = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
        await send(withBody ? request : { ...request, body: undefined });
        count += 1;
      }
    }),
    { numRuns: 100 },
  );
  await logged();
  const { db, close } = reading('sqlite', database);
  const rows = await Promise.all(
    TABLES.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(db)).rows),
  );
  await close();
  const batches = rows[0] as readonly { requests: number }[];
  expect(batches.reduce((sum, batch) => sum + batch.requests, 0)).toBe(count);
  expect(JSON.stringify(rows)).not.toContain(MARK);
});
