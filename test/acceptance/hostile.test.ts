/** A hostile IdP: whatever it sends, the response is a valid SCIM response, and there are no side effects. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { openStage, type OpenStage } from './stage.ts';

/** Far longer than any request takes: a request that hangs fails the test. */
const HANG_MS = 10_000;
const POISON = ['__proto__', 'constructor', 'prototype'];

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    'x'.repeat(3_000),
    '\u0000',
    '\ud800',
    '💥',
    '%00',
    '../..',
    "' or 1=1 --",
    '"',
    '\\',
    'İ',
    '{}',
  ),
);
const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...[
        'userName',
        'active',
        'emails',
        'name',
        'roles',
        'members',
        'displayName',
        'externalId',
        'schemas',
        'id',
        'meta',
      ],
      ...[
        'op',
        'path',
        'value',
        'Operations',
        'groups',
        'password',
        'emails[type eq "work"].value',
        'name.givenName',
      ],
      ...['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', 'urn:x:y:1.0', 'urn:'],
      ...['method', 'bulkId', 'data', 'failOnErrors', 'filter', 'count', 'cursor', 'sortBy', 'attributes'],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...POISON) },
  { weight: 1, arbitrary: text },
);
const { body } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(text, fc.boolean(), fc.integer(), fc.double(), fc.constant(null)),
    fc.array(tie('body'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('body')), { maxLength: 6 }).map(objectOf),
  ),
}));
const patch = fc
  .array(
    fc.record(
      { op: fc.constantFrom('add', 'Replace', 'remove', 'x'), path: name, value: body },
      { requiredKeys: ['op'] },
    ),
    { maxLength: 4 },
  )
  .map((operations) => ({ Operations: operations }));
const bulk = fc
  .array(
    fc.record({
      method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET'),
      path: fc.constantFrom('/Users', '/Groups', '/Users/bulkId:a', '/Users/x', '/', ''),
      bulkId: fc.constantFrom('a', 'b', ''),
      data: fc.oneof(body, patch),
    }),
    { maxLength: 4 },
  )
  .map((operations) => ({ Operations: operations }));
const person = fc.record(
  { userName: text, externalId: text, emails: body, name: body, roles: body, active: body },
  { requiredKeys: ['userName'] },
);
const filterWord = fc.oneof(
  fc.constantFrom(
    ...[
      'userName',
      'emails',
      '[',
      ']',
      '(',
      ')',
      'eq',
      'co',
      'gt',
      'and',
      'or',
      'not',
      'pr',
      '.value',
      '"a"',
      'null',
      'true',
    ],
  ),
  fc.constantFrom(
    ...[
      'meta.created',
      '"2020-01-01T00:00:00Z"',
      'active',
      'groups',
      'members',
      'urn:x:y',
      'name.familyName',
    ],
  ),
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom(...POISON),
);
const filter = fc.array(filterWord, { maxLength: 12 }).map((words) => words.join(' '));
const query = fc.dictionary(
  fc.constantFrom(
    'filter',
    'sortBy',
    'sortOrder',
    'startIndex',
    'count',
    'cursor',
    'attributes',
    'excludedAttributes',
  ),
  fc.oneof(filter, text, fc.integer().map(String)),
);
const path = fc.oneof(
  fc.constantFrom(
    '/Users',
    '/Groups',
    '/Users/.search',
    '/.search',
    '/Bulk',
    '/Me',
    '/Roles',
    '/Entitlements',
    '/Schemas',
    '/',
    '/ServiceProviderConfig',
  ),
  text.map((id) => `/Users/${encodeURIComponent(id.toWellFormed())}`),
  text.map((id) => `/Groups/${encodeURIComponent(id.toWellFormed())}`),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  path,
  query,
  body: fc.oneof(body, patch, bulk, person),
  etag: fc.oneof(fc.constant(undefined), fc.stringMatching(/^[\x20-\x7e]{0,20}$/)),
});

/** An object with these own keys, including keys that an object literal treats specially. */
function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

describe.each(engines)('any request, on %s', (engine) => {
  let stage: OpenStage;
  beforeAll(async () => {
    stage = await openStage(engine);
  });
  afterAll(() => stage.close());

  async function send(method: string, url: string, content?: string, headers: Record<string, string> = {}) {
    const response = await fetch(stage.scim + url, {
      method,
      headers: {
        authorization: `Bearer ${stage.scimToken}`,
        'content-type': 'application/scim+json',
        ...headers,
      },
      ...(method === 'GET' || content === undefined ? {} : { body: content }),
      signal: AbortSignal.timeout(HANG_MS),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  }

  async function expectSane(method: string, url: string, content?: string, headers?: Record<string, string>) {
    const prototype = Object.getOwnPropertyNames(Object.prototype);
    const { status, type, text: answer } = await send(method, url, content, headers);
    const label = `${method} ${url} ${content?.slice(0, 2_000) ?? ''}: ${answer}`;
    expect(status === 501 || status < 500, label).toBe(true);
    if (answer !== '') expect(type, label).toContain('json');
    if (status >= 400 && status !== 404 && url.length < 10_000)
      expect(JSON.parse(answer), label).toHaveProperty('detail');
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    return { status, answer };
  }

  it('gets a response without a fault or a changed prototype', { timeout: 240_000 }, async () => {
    const { id } = JSON.parse((await send('POST', '/Users', '{"userName":"victim@example.com"}')).text) as {
      id: string;
    };
    await fc.assert(
      fc.asyncProperty(request, fc.boolean(), async (one, atVictim) => {
        const parameters = Object.entries(one.query).map(
          ([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`,
        );
        const target =
          atVictim && !one.path.startsWith('/Groups') && one.method !== 'DELETE' ? `/Users/${id}` : one.path;
        const url = `${target}?${parameters.join('&')}`;
        const headers = one.etag === undefined ? {} : { 'if-match': one.etag };
        await expectSane(one.method, url, JSON.stringify(one.body), headers);
      }),
      { numRuns: 700 },
    );
    expect((await send('GET', `/Users/${id}`)).status).toBe(200);
  });

  it.each(POISON)(
    'with the key %s in a resource ignores the key, and in a path it is rejected',
    async (key) => {
      const userName = `${key}@example.com`;
      const { id, meta } = JSON.parse((await send('POST', '/Users', JSON.stringify({ userName }))).text) as {
        id: string;
        meta: { version: string };
      };
      for (const path of [
        `${key}.polluted`,
        `name.${key}`,
        `emails[${key} eq "a"].value`,
        `urn:x:y:${key}`,
      ]) {
        const content = JSON.stringify({ Operations: [{ op: 'add', path, value: 1 }] });
        expect((await expectSane('PATCH', `/Users/${id}`, content)).status, path).toBe(400);
      }
      const poisoned = [
        ['PUT', `{"userName":"${userName}","${key}":{"polluted":1}}`],
        ['PUT', `{"userName":"${userName}","name":{"${key}":{"polluted":1}}}`],
        ['PATCH', `{"Operations":[{"op":"add","value":{"${key}":{"polluted":1}}}]}`],
      ] as const;
      for (const [method, content] of poisoned) {
        const { status, answer } = await expectSane(method, `/Users/${id}`, content);
        expect(status, content).toBe(200);
        expect(JSON.parse(answer), content).toHaveProperty('meta.version', meta.version);
      }
      for (const url of [
        `/Users?filter=${key} eq "a"`,
        `/Users?filter=emails[${key} eq "a"]`,
        `/Users?sortBy=${key}`,
      ]) {
        expect((await expectSane('GET', encodeURI(url))).status, url).toBe(400);
      }
      const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
      for (const dotted of [`name.${key}`, `${key}.polluted`, `a.b.${key}`, `${enterprise}:manager.${key}`]) {
        for (const value of [1, { polluted: 1 }]) {
          const patched = { Operations: [{ op: 'add', value: { [dotted]: value } }] };
          const label = JSON.stringify({ [dotted]: value });
          for (const [method, content] of [
            ['PATCH', patched],
            ['PUT', { userName, [dotted]: value }],
          ] as const) {
            const { status, answer } = await expectSane(method, `/Users/${id}`, JSON.stringify(content));
            expect(status, `${method} ${label}`).toBe(200);
            expect(JSON.parse(answer), `${method} ${label}`).toHaveProperty('meta.version', meta.version);
          }
        }
      }
      const after = JSON.parse((await send('GET', `/Users/${id}`)).text) as { meta: { version: string } };
      expect(after.meta.version).toBe(meta.version);
    },
  );

  it.each(['1', '-1', '0x1', '', 'NaN', 'x'.repeat(10_000), 'ünï-東京-😀', "'; drop table users; --"])(
    'treats an externalId as opaque text: %s',
    async (externalId) => {
      const userName = `e${String(Math.random()).slice(2)}@example.com`;
      const made = await expectSane('POST', '/Users', JSON.stringify({ userName, externalId }));
      expect(made.status).toBe(201);
      const found = await expectSane(
        'GET',
        `/Users?filter=externalId eq ${encodeURIComponent(JSON.stringify(externalId))}&count=0`,
      );
      if (externalId.length < 3_000) expect(found.status).toBe(200);
      if (externalId !== '' && externalId.length < 3_000)
        expect(JSON.parse(found.answer)).toHaveProperty('totalResults', 1);
    },
  );

  it('that could take long is rejected or handled fast', async () => {
    const { id } = JSON.parse((await send('POST', '/Users', '{"userName":"long@example.com"}')).text) as {
      id: string;
    };
    const many = (count: number, make: (index: number) => unknown) =>
      Array.from({ length: count }, (_none, index) => make(index));
    const bodies: [string, string, unknown][] = [
      [
        'PUT',
        `/Users/${id}`,
        {
          userName: 'long@example.com',
          ...Object.fromEntries(many(60_000, (i) => [`a${i}`, 1]) as [string, number][]),
        },
      ],
      [
        'PUT',
        `/Users/${id}`,
        { userName: 'long@example.com', emails: many(30_000, (i) => ({ value: `${i}` })) },
      ],
      [
        'PATCH',
        `/Users/${id}`,
        { Operations: [{ op: 'add', path: 'emails', value: many(30_000, (i) => ({ value: `${i}` })) }] },
      ],
      [
        'PATCH',
        `/Users/${id}`,
        {
          Operations: many(1_000, (i) => ({
            op: 'add',
            path: `emails[value eq "${i}"].display`,
            value: 'x',
          })),
        },
      ],
      [
        'PATCH',
        `/Users/${id}`,
        { Operations: many(1_001, () => ({ op: 'add', path: 'title', value: 'x' })) },
      ],
      [
        'PATCH',
        `/Users/${id}`,
        {
          Operations: [
            { op: 'add', value: Object.fromEntries(many(60_000, (i) => [`a${i}`, 1]) as [string, number][]) },
          ],
        },
      ],
      [
        'POST',
        '/Users',
        {
          userName: 'x',
          a: JSON.parse('['.repeat(30) + ']'.repeat(30)) as unknown,
          b: { c: 'd'.repeat(500_000) },
        },
      ],
      ['POST', '/Bulk', { Operations: many(1_001, () => ({ method: 'DELETE', path: '/Users/x' })) }],
      ['POST', '/Groups', { displayName: 'Huge', members: many(20_000, (i) => ({ value: `nobody-${i}` })) }],
    ];
    for (const [method, url, content] of bodies) {
      const { status } = await expectSane(method, url, JSON.stringify(content));
      expect([400, 413], `${method} ${url} ${JSON.stringify(content).slice(0, 80)}`).toContain(status);
    }
    for (const url of [
      `/Users?filter=${'('.repeat(2_000)}`,
      `/Users?filter=${encodeURIComponent('not '.repeat(500))}`,
      `/Users?attributes=${'['.repeat(4_000)}`,
      `/Users?attributes=${'a,'.repeat(5_000)}`,
      `/Users?filter=${'filter='.repeat(2_000)}`,
      `/Users?cursor=${'a'.repeat(9_000)}`,
    ]) {
      expect([200, 400], url.slice(0, 60)).toContain((await expectSane('GET', url)).status);
    }
    const after = JSON.parse((await send('GET', `/Users/${id}`)).text) as { meta: { version: string } };
    expect(after.meta.version).toBe('W/"1"');
  });

  it('returns 413 when it is too large, and 400 when it is nested too deep', async () => {
    expect((await expectSane('POST', '/Users', `{"a":"${'x'.repeat(1_100_000)}"}`)).status).toBe(413);
    const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
    expect((await expectSane('POST', '/Users', deep)).status).toBe(400);
    expect((await expectSane('POST', '/Users', '{"userName":"a')).status).toBe(400);
  });
});
