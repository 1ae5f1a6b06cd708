/** A resource that an IdP reads and writes back does not change, whatever its attributes, and however often this happens. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Attributes, type Json } from '../../src/directory/attributes.ts';
import { readGroup } from '../../src/scim/codec/read-group.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { renderGroup, renderUser } from '../../src/scim/codec/render.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { groupSchema, userSchema } from '../../src/scim/schema/resource-schema.ts';
import { isUrn } from '../../src/scim/schema/split-urn.ts';
import { scimServer, type ScimServer } from './scim-server.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CUSTOM = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0';
const MODE = 'urn:ietf:params:scim:schemas:extension:mode:2.0';

/** No schema describes these attributes. */
const word = fc.constantFrom(
  'a',
  'B',
  'cost_centre',
  'User',
  'Group',
  'hr',
  '2.0',
  '5',
  '_id',
  'naïve',
  'x y',
  '',
);
const urn = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `urn:${words.join(':')}`),
  fc.constantFrom('urn:acme:hr:extension', 'URN:acme:HR', `${CUSTOM}:User`, `${CUSTOM}:Group`, CORE, 'urn:'),
);
const key = fc.oneof(
  word,
  urn,
  fc.tuple(urn, fc.constantFrom(':', '.'), word).map((parts) => parts.join('')),
  fc.tuple(word, word).map((words) => words.join('.')),
  word.map((each) => `${ENT}:${each === '' ? 'a' : each}`),
  fc.tuple(fc.constantFrom('User', 'Group'), word).map(([type, each]) => `${CORE}:${type}:${each}`),
  fc.constantFrom(
    '@odata.type',
    'rn:ietf:x',
    'emails[type eq "work"].value',
    'a[b',
    ' a ',
    'name.x.y',
    'title.x',
  ),
  fc.constantFrom(`${CORE}:User:password`, `${CORE}:Group:id`, `${MODE}:User:state`, `${MODE}:Group`),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom('x', 'y', ''), fc.boolean(), fc.integer(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    fc.constantFrom<Json>([{ primary: true }, { primary: true }], [[1], [1]]),
  ),
}));
const attributes = fc.dictionary(key, value, { maxKeys: 6 });
const more = fc.record(
  {
    schemas: fc.array(urn, { maxLength: 3 }),
    [ENT]: attributes,
    [`${CORE}:User`]: attributes,
    [`${CORE}:Group`]: attributes,
  },
  { requiredKeys: [] },
);

/** The resource without the attributes that the bridge adds. */
function clientAttributes({ meta, ...rest }: Attributes): Attributes {
  expect(meta).toBeDefined();
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(MODE)));
}

/** Names of attributes, including those of extensions. */
function namesIn(resource: Attributes): readonly string[] {
  return Object.entries(resource).flatMap(([name, inner]) =>
    isUrn(name) && isObject(inner) ? Object.keys(inner) : name,
  );
}

/** The operations of a client on one resource. */
interface Resource {
  readonly read: () => Promise<Attributes>;
  readonly put: (body: Attributes) => Promise<void>;
  readonly patch: (...operations: readonly object[]) => Promise<void>;
}

const types = {
  Users: {
    named: (name: string) => ({ userName: name, emails: [{ value: `${name}@x.test` }] }),
    other: 'title',
  },
  Groups: { named: (name: string) => ({ displayName: name, externalId: 'g' }), other: 'externalId' },
} as const;
type Type = keyof typeof types;

/** The codec alone, without a store. */
function ofCodec(type: Type): (body: Attributes) => Promise<Resource> {
  const state = { id: '1', workspace: 'acme', ownerId: 'okta', version: 1, createdAt: 0, updatedAt: 0 };
  const parts = { onMode: undefined, groups: [], members: undefined };
  const codec =
    type === 'Users'
      ? {
          schema: userSchema,
          draft: (body: Attributes) => readUser(body),
          text: (body: Attributes) => renderUser({ ...parts, user: { ...state, ...readUser(body) } }, ''),
        }
      : {
          schema: groupSchema,
          draft: (body: Attributes) => readGroup(body).draft,
          text: (body: Attributes) =>
            renderGroup({ ...parts, group: { ...state, ...readGroup(body).draft } }, ''),
        };
  return (body) => {
    let document = JSON.parse(codec.draft(body).document) as Attributes;
    const resource: Resource = {
      read: () => Promise.resolve(clientAttributes(JSON.parse(codec.text(document)) as Attributes)),
      put: (next) => {
        document = JSON.parse(codec.draft(next).document) as Attributes;
        return Promise.resolve();
      },
      patch: (...Operations) => resource.put(applyPatch(codec.schema, document, parsePatch({ Operations }))),
    };
    return Promise.resolve(resource);
  };
}

/** The whole service, over HTTP. */
function ofService({ call }: ScimServer, type: Type): (body: Attributes) => Promise<Resource> {
  return async (body) => {
    const created = await call('POST', `/${type}`, body);
    expect(created.status).toBe(201);
    const path = `/${type}/${created.body['id'] as string}`;
    const write = async (method: 'PUT' | 'PATCH', next: unknown) => {
      expect((await call(method, `${path}?attributes=id`, next)).status).toBe(200);
    };
    return {
      read: async () => clientAttributes((await call('GET', path)).body),
      put: (next) => write('PUT', next),
      patch: (...Operations) => write('PATCH', { Operations }),
    };
  };
}

async function assertStays(create: (body: Attributes) => Promise<Resource>, type: Type, numRuns: number) {
  const { named, other } = types[type];
  const run = fc.asyncProperty(attributes, more, async (given, whole) => {
    const known = named(randomUUID());
    const { read, put, patch } = await create({ ...given, ...whole, ...known });
    const first = await read();
    expect(first).toMatchObject(known);
    expect(namesIn(first)).not.toContain('password');
    for (const round of ['1', '2']) {
      await put(await read());
      expect(await read()).toEqual(first);
      await patch({ op: 'replace', path: other, value: round });
      expect(await read()).toEqual({ ...first, [other]: round });
      await patch({ op: 'replace', value: await read() });
      expect(await read()).toEqual({ ...first, [other]: round });
      await patch({ op: 'add', value: await read() });
      expect(await read()).toEqual({ ...first, [other]: round });
      await put(first);
    }
    expect(await read()).toEqual(first);
  });
  await fc.assert(run, { numRuns });
}

describe.each(['Users', 'Groups'] as const)('any attributes of %s', (type) => {
  it('stay as they were first read, after PUTs of the response and PATCHes in between', async () => {
    await assertStays(ofCodec(type), type, 150);
    const server = await scimServer();
    await assertStays(ofService(server, type), type, 4);
    await server.close();
  });

  it('are an extension when they are an object under a URN, whatever the URN', async () => {
    const create = ofCodec(type);
    const foreign = fc.tuple(word, word, word).map((words) => `urn:acme:${words.join(':')}`);
    const inner = fc.dictionary(
      fc.constantFrom('costCenter', '_id', 'x y', 'a:b'),
      fc.constantFrom('x', 'y'),
      {
        minKeys: 1,
      },
    );
    const run = fc.asyncProperty(foreign, inner, async (extension, values) => {
      const body = await (await create({ ...types[type].named('a'), [extension]: values })).read();
      expect(body[extension]).toEqual(values);
      expect(body['schemas']).toEqual([`${CORE}:${type.slice(0, -1)}`, extension]);
    });
    await fc.assert(run);
  });
});

it('filters find custom extensions by attribute and members by any spelling of the list, but no password', async () => {
  const { call, close } = await scimServer('sqlite', 'scim');
  const found = async (filter: string) => {
    const { status, body } = await call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect(status).toBe(200);
    return body['totalResults'];
  };
  const custom = `${CUSTOM}:User`;
  const jane = { userName: 'jane', [`${custom}.CustomAttribute`]: 'x', [`${CORE}:User:password`]: 'secret' };
  const { body } = await call('POST', '/Users', jane);
  expect(body).toMatchObject({ [custom]: { CustomAttribute: 'x' } });
  expect(await found(`${custom}:CustomAttribute eq "x"`)).toBe(1);
  expect(await found(`${custom} pr`)).toBe(1);
  expect(await found('password sw "s"')).toBe(0);

  const members = [{ value: body['id'] }];
  for (const [displayName, key] of [
    ['a', `${CORE}:Group:members`],
    ['b', 'MEMBERS'],
  ] as const) {
    const group = await call('POST', '/Groups', { displayName, [key]: members });
    expect(group.body).toMatchObject({ displayName, members });
    expect((await call('PUT', `/Groups/${group.body['id'] as string}`, group.body)).body).toMatchObject({
      members,
    });
  }
  await close();
});
