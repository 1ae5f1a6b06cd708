/** Bulk requests (RFC 7644 section 3.7). */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../databases.ts';
import { bootBridge, TOKENS } from './boot.ts';
import { client, type Call } from './client.ts';
import { openStage, type OpenStage } from './stage.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
interface Result extends Readonly<Record<'status' | 'location' | 'version' | 'method' | 'bulkId', string>> {
  readonly response?: object;
}

const idOf = (result: Result | undefined) => result?.location.split('/').at(-1) ?? 'none';
const statusesOf = (results: readonly Result[]) => results.map(({ status }) => status).join();
const op = (method: string, path: string, data?: object, more: object = {}) => ({
  method,
  path,
  data,
  ...more,
});
const user = (bulkId: string, more: object = {}) =>
  op('POST', '/Users', { userName: `${bulkId}@bulk.example`, ...more }, { bulkId });
const group = (bulkId: string, members: readonly string[]) => {
  const data = { displayName: `Group ${bulkId}`, members: members.map((value) => ({ value })) };
  return op('POST', '/Groups', data, { bulkId });
};
const rename = (path: string, displayName: string, more: object = {}) =>
  op('PATCH', path, { Operations: [{ op: 'replace', path: 'displayName', value: displayName }] }, more);
const managedBy = (bulkId: string) => ({ [ENT]: { manager: { value: `bulkId:${bulkId}` } } });

describe.each(engines)('a bulk request, on %s', (engine) => {
  let stage: OpenStage;
  let scim: Call;

  beforeAll(async () => {
    stage = await openStage(engine);
    scim = client(stage.scim, stage.scimToken);
  });
  afterAll(() => stage.close());

  async function bulk(operations: readonly object[], more: object = {}): Promise<readonly Result[]> {
    const answer = await scim('POST', '/Bulk', { schemas: [REQUEST], Operations: operations, ...more });
    expect(answer.status).toBe(200);
    expect(answer.body['schemas']).toEqual([RESPONSE]);
    return answer.body['Operations'] as readonly Result[];
  }

  /** The names for which a user or group exists. */
  async function there(...names: readonly string[]): Promise<readonly string[]> {
    const { body } = await scim('GET', '/?attributes=userName,displayName&count=1000');
    const all = JSON.stringify(body['Resources']);
    return names.filter((name) => all.includes(`"${name}@bulk.example"`) || all.includes(`"Group ${name}"`));
  }

  const membersOf = async (id: string) => {
    const { body } = await scim('GET', `/Groups/${id}`);
    return ((body['members'] ?? []) as { value: string }[]).map(({ value }) => value).toSorted();
  };

  it('returns a result for each operation in order: method, bulkId, status, location and version', async () => {
    const base = stage.scim;
    const [first, second] = await bulk([user('told'), { ...group('told-g', []), path: 'Groups' }]);
    const [userAt, groupAt] = [`${base}/Users/${idOf(first)}`, `${base}/Groups/${idOf(second)}`];
    const created = { method: 'POST', status: '201', version: 'W/"1"' };
    expect(first).toEqual({ ...created, bulkId: 'told', location: userAt });
    expect(second).toEqual({ ...created, bulkId: 'told-g', location: groupAt });
    const results = await bulk([
      op('PUT', `/Users/${idOf(first)}`, { userName: 'told@bulk.example', title: 'x' }),
      rename(`/Users/${idOf(first)}`, 'Told', { bulkId: 'mine' }),
      rename(`/Groups/${idOf(second)}`, 'Told G'),
      op('DELETE', `/Groups/${idOf(second)}`),
      op('DELETE', `/Users/nobody`),
      user('told'),
    ]);
    const patched = expect.stringMatching(/^20[04]$/) as string;
    expect(results).toMatchObject([
      { method: 'PUT', status: '200', location: userAt, version: 'W/"2"' },
      { method: 'PATCH', status: patched, location: userAt, version: 'W/"3"', bulkId: 'mine' },
      { method: 'PATCH', status: patched, location: groupAt, version: 'W/"2"' },
      { method: 'DELETE', status: '204', location: groupAt },
      { method: 'DELETE', status: '404', response: { schemas: [ERROR], status: '404' } },
      { method: 'POST', status: '409', response: { scimType: 'uniqueness' }, bulkId: 'told' },
    ]);
    expect(results[5]).not.toHaveProperty('location');
  });

  it('is durable when the response arrives: a bridge that is killed right then loses nothing', async () => {
    const settings = { BRIDGE_DATABASE_URL: await freshDatabase(engine) };
    const killed = await bootBridge(settings);
    const sent = { Operations: [user('durable'), group('durable-g', ['bulkId:durable'])] };
    const { body } = await client(killed.told('SCIM Base URL'), TOKENS.scim)('POST', '/Bulk', sent);
    await killed.kill();
    const next = await bootBridge(settings);
    onTestFinished(() => next.kill());
    const [one, of] = body['Operations'] as readonly Result[];
    const after = client(next.told('SCIM Base URL'), TOKENS.scim);
    expect((await after('GET', `/Users/${idOf(one)}`)).body['userName']).toBe('durable@bulk.example');
    expect((await after('GET', `/Groups/${idOf(of)}`)).body['members']).toMatchObject([{ value: idOf(one) }]);
  });

  it('is visible immediately, in the feed too', async () => {
    await bulk([user('visible'), group('visible-g', ['bulkId:visible'])]);
    expect(await there('visible', 'visible-g')).toEqual(['visible', 'visible-g']);
    const { body } = await client(stage.feed, stage.feedToken)('GET', '/snapshot');
    expect(JSON.stringify(body)).toMatch(/visible@bulk\.example.*Group visible-g/);
  });

  it('a bulkId can refer to an earlier or later operation, in data and in paths', async () => {
    const out = { op: 'remove', path: 'members', value: [{ value: 'bulkId:refs-first' }] };
    const results = await bulk([
      rename('/Groups/bulkId:refs-g', 'Renamed'),
      group('refs-g', ['bulkId:refs-later', 'bulkId:refs-first']),
      user('refs-first', managedBy('refs-later')),
      user('refs-later'),
      op('PATCH', '/Groups/bulkId:refs-g', { Operations: [out] }),
      op('PUT', '/Users/bulkId:refs-later', { userName: 'refs-later@bulk.example', title: 'put' }),
      user('refs-gone'),
      op('DELETE', '/Users/bulkId:refs-gone'),
    ]);
    expect(results.every(({ status }) => status.startsWith('2'))).toBe(true);
    expect(results.slice(1, 4).map(({ bulkId }) => bulkId)).toEqual(['refs-g', 'refs-first', 'refs-later']);
    const [, of, first, later, , , gone] = results;
    expect(await membersOf(idOf(of))).toEqual([idOf(later)]);
    expect((await scim('GET', `/Groups/${idOf(of)}`)).body['displayName']).toBe('Renamed');
    const { body } = await scim('GET', `/Users/${idOf(first)}`);
    expect(body[ENT]).toEqual({ manager: { value: idOf(later) } });
    expect((await scim('GET', `/Users/${idOf(later)}`)).body['title']).toBe('put');
    expect((await scim('GET', `/Users/${idOf(gone)}`)).status).toBe(404);
  });

  it('only operations that refer to a failed or missing operation fail with it', async () => {
    const results = await bulk([
      group('orphans', ['bulkId:broken', 'bulkId:fine']),
      user('broken', { userName: undefined }),
      user('fine'),
      group('lost', ['bulkId:never-named']),
      rename('/Users/bulkId:broken', 'x'),
    ]);
    expect(statusesOf(results)).toMatch(/^4\d\d,400,201,4\d\d,4\d\d$/);
    expect(await there('orphans', 'broken', 'fine', 'lost')).toEqual(['fine']);
  });

  it('all resources of a cycle are created with their references, at the returned versions', async () => {
    const raise = ['a', 'b', 'c'].map((nick, at) =>
      user(`ring-${nick}`, managedBy(`ring-${'bca'[at] ?? ''}`)),
    );
    const results = await bulk([...raise, user('ring-self', managedBy('ring-self'))]);
    expect(statusesOf(results)).toBe('201,201,201,201');
    const ids = results.map(idOf);
    for (const [at, manager] of [ids[1], ids[2], ids[0], ids[3]].entries()) {
      const { body } = await scim('GET', `/Users/${ids[at] ?? ''}`);
      expect(body).toMatchObject({ [ENT]: { manager: { value: manager } } });
      expect(body['meta']).toMatchObject({ version: results[at]?.version });
    }
  });

  it('no resource of a cycle remains when one of them cannot be created', async () => {
    const broken = user('half-b', { userName: undefined, ...managedBy('half-a') });
    const results = await bulk([user('half-a', managedBy('half-b')), broken, user('outside')]);
    expect(statusesOf(results)).toMatch(/^4\d\d,400,201$/);
    expect(await there('half-a', 'outside')).toEqual(['outside']);
  });

  it('a later change of a resource of a cycle is not undone', async () => {
    const pair = [user('later-a', managedBy('later-b')), user('later-b', managedBy('later-a'))];
    const results = await bulk([...pair, rename('/Users/bulkId:later-a', 'Kept')]);
    expect(statusesOf(results)).toBe('201,201,200');
    const { body } = await scim('GET', `/Users/${idOf(results[0])}`);
    expect(body).toMatchObject({ displayName: 'Kept', [ENT]: { manager: { value: idOf(results[1]) } } });
  });

  it('a bulkId can also be used within the path of a PATCH operation', async () => {
    const out = { op: 'remove', path: 'members[value eq "bulkId:pathed"]' };
    const patch = op('PATCH', '/Groups/bulkId:pathed-g', { Operations: [out] });
    const results = await bulk([user('pathed'), group('pathed-g', ['bulkId:pathed']), patch]);
    expect(statusesOf(results)).toBe('201,201,204');
    expect(await membersOf(idOf(results[1]))).toEqual([]);
  });

  it.each([
    [op('GET', '/Users', undefined, { bulkId: 'b' }), '400'],
    [op('POST', '/Roles', {}, { bulkId: 'b' }), '400'],
    [op('POST', '/Users', { userName: 'unnamed@bulk.example' }), '400'],
    [op('POST', '/Users', undefined, { bulkId: 'b' }), '400'],
    [op('PATCH', '/Users/nobody', { Operations: [] }), '404'],
    ['nonsense', '400'],
  ])('the invalid operation %j gets an error in its place, and the others run', async (broken, status) => {
    const name = `beside-${String(Math.random()).slice(2)}`;
    const results = await bulk([user(`${name}-1`), broken as object, user(`${name}-2`)]);
    expect(statusesOf(results)).toBe(`201,${status},201`);
    expect(results[1]?.response).toMatchObject({ schemas: [ERROR], status });
    if (JSON.stringify(broken).includes('bulkId')) expect(results[1]?.bulkId).toBe('b');
    expect(await there('unnamed', `${name}-1`, `${name}-2`)).toEqual([`${name}-1`, `${name}-2`]);
  });

  it.each([
    [1, '201,404', 1],
    [2, '201,404,201,404', 2],
    [3, '201,404,201,404,201', 3],
    [undefined, '201,404,201,404,201', 3],
  ])(
    'with failOnErrors %s, operations after the last error do not run',
    async (failOnErrors, statuses, done) => {
      const names = ['a', 'b', 'c'].map((nick) => `stop-${String(failOnErrors)}-${nick}`);
      const operations = names.flatMap((name) => [user(name), op('DELETE', '/Users/nobody')]).slice(0, -1);
      expect(statusesOf(await bulk(operations, { failOnErrors }))).toBe(statuses);
      expect(await there(...names)).toEqual(names.slice(0, done));
    },
  );

  it('an operation with a version only runs at that version', async () => {
    const [one, of] = await bulk([user('guarded'), group('guarded-g', [])]);
    const [userPath, groupPath] = [`/Users/${idOf(one)}`, `/Groups/${idOf(of)}`];
    const results = await bulk([
      rename(userPath, 'first', { version: 'W/"1"' }),
      rename(userPath, 'late', { version: 'W/"1"' }),
      rename(groupPath, 'Guarded', { version: 'W/"7"' }),
      op('PUT', groupPath, { displayName: 'Guarded now' }, { version: 'W/"7", W/"1"' }),
      op('DELETE', userPath, undefined, { version: 'W/"1"' }),
      rename(userPath, 'any', { version: '*' }),
      op('DELETE', groupPath, undefined, { version: 'W/"2"' }),
    ]);
    expect(statusesOf(results)).toBe('200,412,412,200,412,200,204');
    const { body } = await scim('GET', userPath);
    expect(body).toMatchObject({ displayName: 'any', meta: { version: 'W/"3"' } });
    expect((await scim('GET', groupPath)).status).toBe(404);
  });

  const many = Array.from({ length: 1_001 }, (_, at) => user(`many-${String(at)}`));
  it.each<[string, object, string, string | undefined]>([
    ['more operations than maxOperations', { Operations: many }, '413', undefined],
    ['too many bytes', { Operations: [user('large', { title: 'x'.repeat(2 ** 20) })] }, '413', undefined],
    ['a duplicate bulkId', { Operations: [user('twice'), user('twice')] }, '400', 'invalidValue'],
    [
      'a failOnErrors that is not a number',
      { failOnErrors: 'x', Operations: [user('count')] },
      '400',
      'invalidValue',
    ],
    ['no Operations', { schemas: [REQUEST] }, '400', 'invalidSyntax'],
  ])('with %s is rejected as a whole, and nothing runs', async (_what, sent, status, scimType) => {
    const { body } = await scim('POST', '/Bulk', sent);
    expect(body).toMatchObject({ schemas: [ERROR], status });
    expect(body['scimType']).toBe(scimType);
    expect(await there('many-0', 'large', 'twice', 'count')).toEqual([]);
  });

  it('maxOperations operations run, and a request without operations returns an empty list', async () => {
    const gone = Array.from({ length: 1_000 }, () => op('DELETE', '/Users/nobody'));
    expect(new Set((await bulk(gone)).map(({ status }) => status))).toEqual(new Set(['404']));
    expect(await bulk([])).toEqual([]);
  });
});
