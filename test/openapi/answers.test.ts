/**
 * Every route of every API, asked in every way that it can refuse: each answer is one that the OpenAPI documents have, and
 * each answer that they have is one that was given.
 */
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServers, SURFACES } from '../../src/app/create-servers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { TOKEN_KINDS, type TokenKind } from '../../src/directory/access/token.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { defaultConnection, placeOf } from '../access.ts';
import { BridgeError } from '../../src/errors.ts';
import { createEventKeys } from '../../src/feed/events/event-keys.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { person } from '../acceptance/client.ts';
import { freshDatabase } from '../databases.ts';
import { testClock } from '../feed/events/bridge.ts';
import { memberOf } from '../feed/world.ts';
import { documentedBy, type Documented, type Operation } from './documented.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';
import { systemRandom } from '../../src/random.ts';

const TOO_LARGE = JSON.stringify({ text: 'x'.repeat(1_100_000) });
/** A group may have far more members than any other body has text. */
const TOO_LARGE_GROUP = JSON.stringify({ text: 'x'.repeat(34_000_000) });
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];
const NO_SNAPSHOT = '0'.repeat(32);
/** As many readers of whole snapshots, and as many that wait for changes, as the feed lets in at once. */
const [MAX_STREAMS, MAX_WAITERS] = [16, 200];

interface Asked {
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: no token. */
  readonly token?: TokenKind | undefined;
  /** Instead of the ids of what exists. */
  readonly ids?: Readonly<Record<string, string>>;
}

const newest = { headers: { 'if-none-match': '*' } };
const stale = { headers: { 'if-match': 'W/"99"' } };
const patch = (...operations: object[]) => ({ body: { Operations: operations } });
const renamed = (path: string, value: string) => patch({ op: 'replace', path, value });

const BY_NAME: readonly Asked[] = [{ ids: { connection: 'entra' } }, {}];
const GO_LIVE: readonly Asked[] = [
  { body: { plan_id: 'x' }, ids: { connection: 'ping' } },
  { body: { plan_id: 'x' } },
  { body: {} },
];

/** What each operation is asked that no rule below asks. The first is what it is for. */
const ASKED: Readonly<Record<string, readonly Asked[]>> = {
  readServiceProviderConfig: [{}, { query: 'filter=id%20pr' }],
  listResourceTypes: [{}, { query: 'filter=id%20pr' }],
  readResourceType: [{}, { query: 'filter=id%20pr' }],
  listSchemas: [{}, { query: 'filter=id%20pr' }],
  readSchema: [{}, { query: 'filter=id%20pr' }],
  listUsers: [
    {},
    { query: 'attributes=id' },
    { query: 'cursor&count=1' },
    { query: 'filter=userName' },
    { query: 'count=x' },
  ],
  searchUsers: [{ body: { count: 1 } }, { body: { filter: 'userName' } }],
  createUser: [
    { body: person('new@example.com', { roles: ['admin'], nonsense: [1] }) },
    { body: person('sam@example.com') },
    { body: {} },
  ],
  readUser: [{}, newest, { headers: { 'if-match': '?' } }],
  replaceUser: [
    { body: person('jane@example.com', { profileUrl: 5 }) },
    { body: person('sam@example.com') },
    { ...stale, body: person('x@example.com') },
  ],
  patchUser: [
    renamed('title', 'Analyst'),
    renamed('userName', 'sam@example.com'),
    { ...stale, ...renamed('title', 'x') },
  ],
  deleteUser: [stale, {}],
  listGroups: [{}, { query: 'excludedAttributes=members' }],
  searchGroups: [{ body: { count: 1 } }],
  createGroup: [{ body: { displayName: 'New' } }, { body: { displayName: 'other' } }],
  readGroup: [{}, newest],
  replaceGroup: [
    { body: { displayName: 'Team' } },
    { body: { displayName: 'Other' } },
    { ...stale, body: { displayName: 'x' } },
  ],
  patchGroup: [
    renamed('externalId', 'x'),
    { ...renamed('externalId', 'y'), query: 'attributes=displayName' },
    renamed('displayName', 'Other'),
    { ...stale, ...renamed('displayName', 'x') },
  ],
  deleteGroup: [stale, {}],
  searchEverything: [{ body: { count: 1 } }],
  bulk: [
    {
      body: {
        Operations: [
          { method: 'POST', path: '/Users', bulkId: 'a', data: person('bulk@example.com') },
          { method: 'DELETE', path: '/Users/none' },
          'nonsense',
        ],
      },
    },
  ],
  ...Object.fromEntries(
    ['Accounts', 'Groups', 'Roles', 'Resources', 'Entitlements', 'Grants'].map((kind) => [
      `list${kind}`,
      [{}, newest, { query: `snapshot=${NO_SNAPSHOT}` }, { query: 'limit=0' }],
    ]),
  ),
  readSnapshot: [{}, newest, { query: `snapshot=${NO_SNAPSHOT}` }],
  exportSnapshot: [
    ...['json', 'ndjson', 'csv', 'oaa', 'baton-file', 'c1z'].map((format) => ({ ids: { format } })),
    newest,
    { query: `snapshot=${NO_SNAPSHOT}` },
  ],
  readChanges: [{ query: 'wait=0' }, { query: 'after=99999' }, { query: 'wait=x' }],
  pollEvents: [
    { body: { returnImmediately: true } },
    { query: 'after=99999', body: {} },
    { body: { maxEvents: -1 } },
  ],
  ...Object.fromEntries(
    ['explain', 'explainInWorkspace'].map((operation) => [
      operation,
      ['jane', 'pair'].map((name) => ({ query: `user=${name}%40example.com` })),
    ]),
  ),
  ...Object.fromEntries(
    ['readState', 'readWorkspaceState'].map((operation) => [operation, [{ query: 'at=0s' }, {}]]),
  ),
  ...Object.fromEntries(
    ['compareStates', 'compareWorkspaceStates'].map((operation) => [
      operation,
      [{ query: 'from=0s&to=0s' }, { query: 'from=x&to=0s' }],
    ]),
  ),
  listTasks: [{ query: 'closed=true' }, { query: 'limit=0' }],
  listHolds: [{}, { query: 'connection=none' }, { query: 'limit=0' }],
  approveHolds: [
    { body: { all: true } },
    { body: { name: 'nobody@example.com' } },
    { body: { name: 'last@example.com' } },
    { body: { ids: ['x'], all: true } },
    { body: { ids: [] } },
  ],
  rejectHolds: [{ body: { name: 'jane@example.com' } }, { body: { ids: ['x'] } }, { body: {} }],
  ...Object.fromEntries(
    ['listRequests', 'listWorkspaceRequests'].map((operation) => [
      operation,
      [{}, ...['connection=nobody', 'resource=twin@example.com', 'limit=0'].map((query) => ({ query }))],
    ]),
  ),
  setLink: [
    { body: { on_mode: 'm1' } },
    { body: { on_mode: 'm1' }, ids: { who: 'sam@example.com' } },
    { body: {} },
  ],
  dropLink: [{}, { ids: { who: 'twin@example.com' } }],
  previewAdoption: [{ body: { emails: ['jane@example.com'], groups: [] } }, { body: { emails: 1 } }],
  // The state of the connection that the environment describes is decided by its setting.
  setConnectionState: [
    { body: { state: 'paused' }, ids: { connection: 'entra' } },
    { body: { state: 'paused' } },
    { body: { state: 'x' } },
  ],
  // A connection that is live stays so, whatever the plan; the default one is paused.
  goLive: GO_LIVE,
  goOwnLive: GO_LIVE,
  pauseConnection: BY_NAME,
  pauseOwnConnection: BY_NAME,
  resumeConnection: [...BY_NAME, { body: { plan_id: 1 } }],
  resumeOwnConnection: [...BY_NAME, { body: { plan_id: 'x' }, ids: { connection: 'ping' } }],
  planUndo: [{ body: { from: '0s' } }, { body: {} }],
  planOwnUndo: [{ body: { from: '0s' } }, { body: {} }],
  applyUndo: [{ body: { plan_id: 'x' } }, { body: {} }],
  applyOwnUndo: [{ body: { plan_id: 'x' } }, { body: {} }],
  setDriftMode: [{ body: { mode: 'report' } }, { body: { mode: 'x' } }],
};

/** Ports of which every call fails as soon as `failure.with` is set. */
function failing(store: Store, failure: { with: Error | undefined }): Store {
  const portOf = (port: object) =>
    new Proxy(port, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') return found;
        return (...given: unknown[]): unknown => {
          if (failure.with !== undefined) return Promise.reject(failure.with);
          return Reflect.apply(found, target, given);
        };
      },
    });
  return new Proxy(store, {
    get: (target, name) => {
      const port: unknown = Reflect.get(target, name);
      return typeof port === 'object' && port !== null ? portOf(port) : port;
    },
  });
}

describe.each(SURFACES)('the API document of $name', (surface) => {
  const failure: { with: Error | undefined } = { with: undefined };
  const sync = { holds: true, state: { running: null, last: null }, request: () => undefined };
  const clock = testClock();
  const seen = new Set<string>();
  const tokens = {} as Record<TokenKind, string>;
  let store: Store;
  let servers: ReturnType<typeof createServers>;
  let server: FastifyInstance;
  let documented: Documented;
  let ids: Record<string, string>;

  beforeAll(async () => {
    const url = await freshDatabase('sqlite');
    const config = readConfig({
      BRIDGE_DATABASE_URL: url,
      BRIDGE_CONNECTION_STATE: 'live',
      LOG_LEVEL: 'silent',
    });
    store = openStore(url);
    await store.migrate();
    const idp = await defaultConnection(store, 'acme');
    for (const name of ['entra', 'ping'])
      await store.access.addConnection({ ...idp, id: `acme:${name}`, name, createdAt: 0 });
    await store.access.saveState(idp.id, 'paused', { at: 0 });
    await createEventKeys(store.eventKeys, clock, config.server.eventsKey).prepare();
    for (const kind of TOKEN_KINDS) {
      const made = await createToken(store.access, clock, { ...placeOf(kind), label: kind });
      tokens[kind] = made.text;
    }
    servers = createServers({
      random: systemRandom,
      config,
      clock,
      log: createLogger('silent'),
      store: failing(store, failure),
      served: new Map([['acme', { sync }]]),
      stopping: new AbortController().signal,
    });
    server = surface.name === 'admin' ? servers.admin : servers.public;
    await Promise.all([servers.public.ready(), servers.admin.ready()]);
    documented = documentedBy(server, surface);
    ids = await fill();
  });
  afterAll(async () => {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
    await store.close();
  });

  /** Something of everything. @returns what stands in paths for it, by the name of the operation or parameter */
  async function fill(): Promise<Record<string, string>> {
    const create = async (type: string, payload: object) => {
      const headers = { authorization: `Bearer ${tokens.scim}` };
      const answer = await servers.public.inject({
        method: 'POST',
        url: `/scim/v2/${type}`,
        headers,
        payload,
      });
      return answer.json<{ id: string }>().id;
    };
    const user = await create('Users', person('jane@example.com'));
    await create('Users', person('sam@example.com'));
    await create('Users', person('twin@example.com'));
    await create('Users', { ...person('twin@example.com'), userName: 'other' });
    for (const userName of ['left', 'right'])
      await create('Users', { ...person('pair@example.com'), userName });
    const group = await create('Groups', { displayName: 'Team', members: [{ value: user }] });
    await create('Groups', { displayName: 'Other' });
    const at = clock.now();
    for (const list of ['members', 'groups'] as const) {
      await store.provisioning.record({
        workspace: 'acme',
        at,
        members: {
          upsert: [memberOf('m1', 'jane')].map((member) => ({ ...member, email: 'jane@example.com' })),
          remove: [],
        },
        read: { list, since: at, how: 'memberships', behind: [] },
      });
    }
    const subject = { kind: 'user', id: user } as const;
    const excess = { count: 5, percent: 10, minutes: 60 };
    await store.provisioning.syncHolds(
      { workspace: 'acme', connectionId: 'acme/default', subject },
      [
        { name: 'jane@example.com', reason: reason('too_many_removals', excess) },
        { name: 'last@example.com', reason: reason('last_admin') },
      ].map((hold) => ({ ...hold, operation: 'remove_member', key: hold.name, group: null })),
      at,
    );
    await store.tasks.write({
      workspace: 'acme',
      subject: { kind: 'user', id: user },
      at,
      open: [
        {
          id: 'task',
          action: 'invite',
          what: [reason('task_invite', { email: 'jane@x.test' })],
          why: 'No right',
          triedAt: null,
          link: 'https://x.test',
        },
      ],
      update: [],
      done: [],
    });
    return {
      User: user,
      Group: group,
      Role: 'admin',
      Entitlement: 'role:admin:assigned',
      ResourceType: 'User',
      Schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
      closeTask: 'task',
      slug: 'acme',
      kind: 'user',
      who: 'jane@example.com',
      connection: 'default',
      format: 'json',
    };
  }

  async function ask({ method, path, operationId }: Operation, asked: Asked) {
    const { query = '', body, headers = {}, ids: others = {} } = asked;
    const token = 'token' in asked ? asked.token : surface.name;
    const url = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const type = operationId.replace(/^(read|replace|patch|delete)/, '');
      return encodeURIComponent(others[name] ?? ids[name] ?? ids[type] ?? '');
    });
    const options: InjectOptions = {
      method,
      url: `${url}?${query}`,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${tokens[token]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    return server.inject(options);
  }

  async function check(operation: Operation, asked: Asked): Promise<void> {
    const answer = await ask(operation, asked);
    const { method, path, operationId } = operation;
    const about = `${method} ${path} ${JSON.stringify(asked).slice(0, 200)}: ${answer.body.slice(0, 300)}`;
    expect(documented.problems(operation, answer), about).toEqual([]);
    seen.add(`${operationId} ${answer.statusCode}`);
  }

  it('has every refusal of every operation', async () => {
    const none = { id: 'none', slug: 'none', who: 'none', connection: 'none', format: 'none' };
    for (const operation of documented.operations) {
      await check(operation, { token: undefined });
      for (const token of TOKEN_KINDS) {
        if (token !== surface.name)
          await check(operation, { token, body: operation.method === 'GET' ? undefined : {} });
      }
      await check(operation, { query: 'x=%00' });
      if (operation.path.includes('{')) {
        const url = operation.path.replace(/\{\w+\}/g, '%zz');
        const answer = await server.inject({ method: operation.method, url });
        expect(documented.problems(operation, answer), `${url}: ${answer.body}`).toEqual([]);
      }
      await check(operation, { ...ASKED[operation.operationId]?.[0], ids: none });
      if (operation.method === 'GET') continue;
      await check(operation, { body: '{' });
      const takesMembers = /^(create|replace|patch)Group$/.test(operation.operationId);
      await check(operation, { body: takesMembers ? TOO_LARGE_GROUP : TOO_LARGE });
      await check(operation, { body: '<a/>', headers: { 'content-type': 'text/xml' } });
    }
  });

  it('has what other shapes of answers are, where they are pinned', async () => {
    const pins = { pinned: 'okta-put', shapes: ['never-body', 'full-discovery'] } as const;
    await store.idp.pin('default', pins, clock.now());
    clock.advance(10_000);
    for (const operation of documented.operations.filter(({ path }) => path.startsWith('/scim/'))) {
      if (operation.method !== 'GET' && operation.method !== 'PATCH') continue;
      // What is pinned counts from the second request on.
      for (const asked of [{}, { ...ASKED[operation.operationId]?.[0] }]) await check(operation, asked);
    }
    await store.idp.pin('default', { pinned: null, shapes: [] }, clock.now());
    clock.advance(10_000);
  });

  it('has every answer of every operation', async () => {
    // What deletes comes last.
    const operations = documented.operations.toSorted((a, b) => {
      return Number(a.method === 'DELETE') - Number(b.method === 'DELETE');
    });
    for (const operation of operations) {
      for (const asked of ASKED[operation.operationId] ?? [{}]) await check(operation, asked);
    }
  });

  it('has the results of applying an undo, with the current plan and with an earlier one', async () => {
    const planning = documented.operations.find(({ operationId }) => operationId === 'planUndo');
    if (planning === undefined) return;
    const { body } = await ask(planning, { body: { from: '0s' } });
    const { id } = JSON.parse(body) as { id: string };
    const connectionId = 'default';
    const kept = await store.undo.keptUndo(connectionId, id);
    if (kept === undefined) throw new Error('The plan is not kept.');
    await store.undo.keepUndo({ ...kept, id: 'earlier' });
    const applying = documented.operations.filter(({ operationId }) => /^apply(Own)?Undo$/.test(operationId));
    for (const operation of applying)
      for (const plan_id of [id, 'earlier']) await check(operation, { body: { plan_id } });
  });

  it('has the errors of a broken database and of another bridge', async () => {
    for (const error of [new Error('no such table'), new BridgeError('unavailable', 'Try again.')]) {
      failure.with = error;
      for (const operation of documented.operations) {
        // Then a token is looked up again.
        clock.advance(10_000);
        await check(operation, ASKED[operation.operationId]?.[0] ?? {});
      }
    }
    failure.with = undefined;
    clock.advance(10_000);
    sync.holds = false;
    for (const operation of documented.operations.filter(({ path }) => path.endsWith('/sync'))) {
      await check(operation, {});
    }
  });

  it('has the errors of too many concurrent readers', async () => {
    const crowd = async (operation: Operation, asked: Asked, times: number) => {
      await Promise.all(Array.from({ length: times }, () => check(operation, asked)));
    };
    for (const operation of documented.operations.filter(({ statuses }) => statuses.includes(429))) {
      if (operation.operationId !== 'readChanges') {
        await crowd(operation, {}, 2 * MAX_STREAMS);
        continue;
      }
      // Nobody who waits wakes before all have come.
      const { promise: all, resolve: enqueue } = Promise.withResolvers<undefined>();
      const { sleep } = clock;
      let sleepers = 0;
      clock.sleep = () => {
        sleepers += 1;
        return all;
      };
      const query = `after=${String(await store.feed.lastPosition('acme'))}&wait=1`;
      const waiting = crowd(operation, { query }, MAX_WAITERS);
      await expect.poll(() => sleepers).toBe(MAX_WAITERS);
      await check(operation, { query });
      clock.sleep = sleep;
      enqueue(undefined);
      await waiting;
    }
  });

  it('has no answer that is never given', () => {
    const claimed = documented.operations.flatMap(({ operationId, statuses }) =>
      statuses.map((status) => `${operationId} ${status}`),
    );
    expect(claimed.filter((answer) => !seen.has(answer))).toEqual([]);
  });

  it('names every method of every address: all others are 405', async () => {
    const byPath = Map.groupBy(documented.operations, ({ path }) => path);
    for (const [path, operations] of byPath) {
      const { operationId = '' } = operations[0] ?? {};
      for (const method of METHODS.filter((name) => !operations.some((one) => one.method === name))) {
        const answer = await ask({ operationId, statuses: [], path, method }, {});
        expect(documented.problemsOfOtherMethod(path, answer), `${method} ${path}: ${answer.body}`).toEqual(
          [],
        );
      }
    }
  });
});
