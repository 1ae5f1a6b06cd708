/** Response headers (media type, location, version), and the charsets of request bodies. */
import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { startBridge, PUBLIC_URL, type Bridge } from '../feed/events/bridge.ts';

const SCIM = 'application/scim+json; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

async function sender(bridge: Bridge) {
  const { token } = await bridge.as('scim');
  return (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) => {
    const type = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    return fetch(`${bridge.origin}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...type, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  };
}

const add = (path: string, value: unknown) => JSON.stringify({ Operations: [{ op: 'add', path, value }] });
const idOf = async (answer: Response) => ((await answer.json()) as { id: string }).id;

describe.each(engines)('a response, on %s', (engine) => {
  it('has a Content-Type, also without a body, and the Location of the resource', async () => {
    const send = await sender(await startBridge(engine));
    const group = await send('POST', '/Groups', '{"displayName":"Data"}');
    const address = `/Groups/${await idOf(group)}`;
    const answers = [
      group,
      await send('GET', address),
      await send('GET', address, undefined, { 'if-none-match': '*' }),
      await send('PUT', address, '{"displayName":"Data 2"}'),
      await send('PATCH', address, add('externalId', 'x')),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 304, 200, 204]);
    for (const { headers } of answers) {
      expect(headers.get('content-type')).toBe(SCIM);
      expect(headers.get('location')).toBe(`${PUBLIC_URL}/scim/v2${address}`);
      expect(headers.get('etag')).toMatch(/^W\/"\d"$/);
    }
    const person = await send('POST', '/Users', '{"userName":"jane@example.com"}');
    const of = `/Users/${await idOf(person)}`;
    const patched = await send('PATCH', of, add('title', 'x'));
    expect(patched.headers.get('location')).toBe(`${PUBLIC_URL}/scim/v2${of}`);
    const removed = [await send('DELETE', address), await send('DELETE', of)];
    const gone = await send('GET', of);
    expect([...removed, gone].map(({ status }) => status)).toEqual([204, 204, 404]);
    for (const { headers } of [...removed, gone]) expect(headers.get('content-type')).toBe(SCIM);
  });

  it('is application/json for a client that accepts only that', async () => {
    const send = await sender(await startBridge(engine));
    const typeFor = async (accept: string, path = '/Users') =>
      (await send('GET', path, undefined, { accept })).headers.get('content-type');
    expect(await typeFor('application/json')).toBe(JSON_TYPE);
    expect(await typeFor('application/json', '/Users/nobody')).toBe(JSON_TYPE);
    expect(await typeFor('application/json', '/ServiceProviderConfig')).toBe(JSON_TYPE);
    expect(await typeFor('application/json, application/*;q=0.5')).toBe(JSON_TYPE);
    for (const accept of [
      'application/scim+json',
      'application/json, application/scim+json',
      'application/json, text/plain, */*',
      '*/*',
      'text/html',
      ';q=,,',
    ])
      expect(await typeFor(accept), accept).toBe(SCIM);
  });

  it('is the same for endpoint names in any case, while ids are case-sensitive', async () => {
    const send = await sender(await startBridge(engine));
    const id = await idOf(await send('POST', '/users', '{"userName":"jane@example.com"}'));
    expect((await send('GET', `/USERS/${id}`)).status).toBe(200);
    expect((await send('GET', '/groups')).status).toBe(200);
    expect((await send('GET', '/serviceproviderconfig')).status).toBe(200);
    expect((await send('GET', `/Users/${id.toUpperCase()}`)).status).toBe(404);
  });

  it('to a second group with the same name is 409, whatever its case and Unicode form', async () => {
    const send = await sender(await startBridge(engine));
    const create = async (displayName: string) => {
      return (await send('POST', '/Groups', JSON.stringify({ displayName }))).status;
    };
    expect(await create('Café Straße')).toBe(201);
    expect(await create('CAFE\u0301 STRASSE')).toBe(409);
    const filter = encodeURIComponent('displayName eq "cafe\u0301 strasse"');
    const found = (await (await send('GET', `/Groups?filter=${filter}`)).json()) as { Resources: object[] };
    expect(found.Resources).toMatchObject([{ displayName: 'Café Straße' }]);
  });

  it('to each of many PATCHes of the members of one group has the version of that PATCH', async () => {
    const send = await sender(await startBridge(engine));
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        idOf(await send('POST', '/Users', `{"userName":"u${String(index)}@example.com"}`)),
      ),
    );
    const address = `/Groups/${await idOf(await send('POST', '/Groups', '{"displayName":"Crew"}'))}`;
    const answers = await Promise.all(
      ids.map((value) => send('PATCH', address, add('members', [{ value }]))),
    );
    const versions = answers.map(({ headers }) => headers.get('etag') ?? '');
    expect(new Set(versions)).toEqual(new Set(ids.map((_, index) => `W/"${String(index + 2)}"`)));
    const again = await send('PATCH', address, add('members', [{ value: ids[0] }]));
    expect(again.headers.get('etag')).toBe('W/"21"');
  });
});

describe('a body', () => {
  it('is decoded with its charset, and rejected when it is not valid in it', async () => {
    const send = await sender(await startBridge('sqlite'));
    const text = '{"userName":"zoë@example.com","displayName":"Zoë"}';
    const latin = Buffer.from(text, 'latin1');
    const typed = (charset: string) => ({ 'content-type': `application/scim+json; charset=${charset}` });
    const answer = await send('POST', '/Users', latin, typed('ISO-8859-1'));
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ displayName: 'Zoë' });
    for (const charset of ['utf-8', '"UTF-8"', 'klingon'])
      expect((await send('PUT', '/Users/x', latin, typed(charset))).status, charset).toBe(400);
    const refused = await send('POST', '/Users', latin);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ scimType: 'invalidSyntax' });
  });

  it('that is too large or nested too deep is rejected with a response that the client can read', async () => {
    const send = await sender(await startBridge('sqlite'));
    const large = await send('POST', '/Users', `{"userName":"${'x'.repeat(3 * 1024 * 1024)}"}`);
    expect([large.status, await large.json()]).toMatchObject([413, { status: '413' }]);
    const deep = await send('POST', '/Groups', '['.repeat(20 * 1024 * 1024));
    expect([deep.status, await deep.json()]).toMatchObject([400, { scimType: 'invalidSyntax' }]);
    const quoted = JSON.stringify({ displayName: 'x', note: '["\\'.repeat(40_000) });
    expect((await send('POST', '/Groups', quoted)).status).toBe(201);
  });
});

describe.each(engines)('a profile that an operator pins, on %s', (engine) => {
  it('applies to the first response, and a changed pin applies a second later', async () => {
    const { store, clock, as } = await startBridge(engine);
    const { call } = await as('scim');
    const group = await call('POST', '/scim/v2/Groups', { displayName: 'Data' });
    const statusOfPatch = async (value: string) => {
      const body = { Operations: [{ op: 'replace', path: 'externalId', value }] };
      return (await call('PATCH', `/scim/v2/Groups/${String(group.body['id'])}`, body)).status;
    };
    expect(await statusOfPatch('a')).toBe(204);
    await store.idp.pin('default', { pinned: null, shapes: ['always-body'] }, clock.now());
    clock.advance(1_000);
    expect(await statusOfPatch('b')).toBe(200);
    await store.idp.pin('default', { pinned: null, shapes: [] }, clock.now());
    clock.advance(1_000);
    expect(await statusOfPatch('c')).toBe(204);
  });
});
